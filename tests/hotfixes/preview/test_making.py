"""A preview is asked for by what happens, read by a worker in its copy, and shown where somebody decides."""

import http.server
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from foundation import moment
from hotfixes.models import Download, Preview
from hotfixes.preview import asking, downloads
from hotfixes.preview.making import preview_due
from hotfixes.rollback.ways import ways
from live import bus
from live.models import Announcement
from products.models import Deployment
from products.vocabulary import EnvironmentKind
from tests.hotfixes.checks.stories import BASE, NOTED, TAG
from tests.hotfixes.observing.watched import Watched
from tests.signing import sign_in


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    asking._ASKED.clear()
    yield
    asking._ASKED.clear()


def deployed(watched: Watched, version: str) -> None:
    place = watched.product.environments.filter(kind=EnvironmentKind.PRODUCTION).first()
    assert place is not None
    Deployment.objects.create(
        product=watched.product,
        environment=place,
        version=version,
        status="succeeded",
        source="api",
        at=moment.now(),
    )


def released(watched: Watched, files: dict[str, str]) -> None:
    tip = watched.story.commit({**NOTED, **files}, "fix: sign-in fails\n", on="main")
    watched.story.repository.tag(TAG, tip, "Release 0.1.1")


def test_an_open_incident_asks_and_the_worker_answers(watched: Watched) -> None:
    deployed(watched, "0.1.0")
    deployed(watched, "0.1.1")
    incident = watched.incident()
    assert asking.sweep() == 1
    assert asking.sweep() == 0
    row = Preview.objects.get()
    assert (row.from_ref, row.to_ref, row.made_at) == (TAG, BASE, None)
    first = ways(incident, moment.now())[0]
    assert first["undoes"]["why"] == "The difference has not been read yet."
    released(
        watched, {"db/migrate/1_x.rb": "class X < Migration\n  def change\n    drop_table :a\n  end\nend\n"}
    )
    watched.look()
    assert preview_due()
    assert not preview_due()
    row.refresh_from_db()
    assert (row.trouble, row.look_at, row.data["count"], len(row.digest)) == ("", None, 1, 64)
    option = ways(incident, moment.now())[0]
    assert (option["key"], option["target_ref"], option["undoes"]["commits"]) == (
        "redeploy_previous_tag",
        BASE,
        1,
    )
    assert [(one["shown_by"], one["verdict"]) for one in option["preconditions"]] == [
        ("tag", "PASS"), ("migrations", "FAIL"),
    ]  # fmt: skip
    assert option["blocked"] == [
        {"key": "migrations", "text": "db/migrate/1_x.rb cannot be taken back: it drops: drop_table :a."}
    ]


def test_a_new_deployment_asks_for_what_it_would_undo(watched: Watched) -> None:
    deployed(watched, "0.1.0")
    watched.incident()
    asking.sweep()
    assert not Preview.objects.exists()
    deployed(watched, "0.1.1")
    assert asking.sweep() == 1
    assert Preview.objects.get().to_ref == BASE


@pytest.mark.django_db(transaction=True)
def test_who_opens_the_card_has_it_read_again_after_a_minute(watched: Watched) -> None:
    """The page says so, and says when it is there: what one transaction announces twice is announced once."""
    deployed(watched, "0.1.0")
    deployed(watched, "0.1.1")
    incident = watched.incident()
    asking.sweep()
    released(watched, {})
    watched.look()
    assert preview_due()
    phone = sign_in(watched.ada)
    path = f"/decisions/{incident.ref}/"
    assert "is being read again" not in phone.get(path).content.decode()
    assert Preview.objects.get().look_at is None, "it was read just now"
    Preview.objects.update(made_at=moment.now() - timedelta(seconds=61))
    cursor = bus.cursor()
    assert "It is being read again now" in phone.get(path).content.decode()
    assert preview_due()
    assert Announcement.objects.filter(pk__gt=cursor, topic=f"incident:{incident.pk}").exists(), (
        "it swaps itself"
    )
    page = phone.get(path).content.decode()
    assert ("is being read again" in page, "What it undoes was read" in page) == (False, True)


def test_a_tag_that_is_missing_is_said_and_nothing_is_claimed(watched: Watched) -> None:
    deployed(watched, "0.1.0")
    deployed(watched, "0.1.1")
    incident = watched.incident()
    asking.sweep()
    watched.look()
    assert preview_due()
    row = Preview.objects.get()
    assert (row.trouble, row.detail, row.made_at) == ("no_tag", TAG, None)
    option = ways(incident, moment.now())[0]
    assert option["undoes"]["why"] == f"There is no tag {TAG}."
    assert option["preconditions"][1]["verdict"] == "UNKNOWN"


class Shelf(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/there")
        elif self.path == "/inside":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
        elif self.path == "/odd":
            self.send_response(405)
        else:
            self.send_response(200 if self.path == "/there" else 404)
            self.send_header("Content-Length", "1234")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def shelf(settings: Settings) -> Iterator[str]:
    settings.NIGHTDESK_PROBE_NETWORKS = ("127.0.0.1/32",)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "status", "size", "trouble"),
    [
        ("/there", 200, 1234, ""),
        ("/moved", 200, 1234, ""),
        ("/gone", 404, 1234, ""),
        ("/odd", 200, None, ""),
        ("/inside", 0, None, "refused_address"),
    ],
)
def test_a_head_says_whether_a_release_can_be_had(
    db: None, shelf: str, path: str, status: int, size: int | None, trouble: str
) -> None:
    """A39: every redirect is judged by the same policy as the address itself."""
    reply, found = downloads.head(shelf + path)
    assert (reply.status, found, reply.error) == (status, size, trouble)


def test_what_was_asked_is_asked_again_while_an_incident_is_open(watched: Watched, shelf: str) -> None:
    row = Download.objects.create(product=watched.product, url=f"{shelf}/there", look_at=moment.now())
    assert downloads.look_due()
    row.refresh_from_db()
    assert (row.status, row.size, row.look_at) == (200, 1234, None)
    watched.incident()
    Download.objects.update(look_at=moment.now())
    assert downloads.look_due()
    row.refresh_from_db()
    assert row.look_at is not None
