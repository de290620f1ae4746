"""Each way back of both processes to its end (A38–A42, C15): real git, real pushes of files, a real server that holds
the packages. What nobody can see stays unknown.
"""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Role, User
from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.models import Evidence, Hotfix, Mirror, Rollback
from hotfixes.observing import asking as observing
from hotfixes.observing.looking import look_due
from hotfixes.preview import downloads
from hotfixes.preview.making import preview_due
from hotfixes.rollback import addresses, back, checklist, rounds
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from incidents.timeline.verify import verify
from monitoring.add import add as add_monitor
from monitoring.models import Target
from monitoring.push_keys import push_url
from products.models import Product, Repository, RoleHolder
from products.versions_seen import see
from tests.factories import join, make_product, make_target, make_user
from tests.hotfixes.checks.stories import BASE, NOTED, TAG
from tests.hotfixes.git.building import Repository as Built
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.rollback.test_ways import deployed

GOOD = hashlib.sha256(b"archipelago 1.0.0").hexdigest()
BACKUP = "/usr/local/bin/archipelago.bak"


class Shelf(http.server.BaseHTTPRequestHandler):
    there: set[str] = set()

    def do_HEAD(self) -> None:
        self.send_response(200 if self.path in self.there else 404)
        self.send_header("Content-Length", "42")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def shelf(settings: Settings) -> Iterator[str]:
    settings.NIGHTDESK_PROBE_NETWORKS = ("127.0.0.1/32",)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    Shelf.there = {"/archy-1.0.0.iso", "/ota/1.0.0.json"}
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def dora(transactional_db: None) -> User:
    return make_user("dora@example.test")


@pytest.fixture
def nodes(dora: User, shelf: str, settings: Settings, tmp_path: Path) -> Incident:
    """Archy with its packages on a shelf, a repository with v1.0.0 and v1.0.1, and a health monitor that is up."""
    settings.NIGHTDESK_GIT_PROTOCOLS = ("file",)
    settings.NIGHTDESK_DATA = tmp_path / "data"
    product = make_product(name="Archy", slug="archy", process="archy")
    for key, path in (("ota_previous", "ota/{version}.json"), ("reflash_previous", "archy-{version}.iso")):
        addresses.enter(product, key, f"{shelf}/{path}", by=dora)
    built = Built(tmp_path / "srv" / "archy.git")
    first = built.commit({"app/main.rs": "one\n"}, "Release 1.0.0\n", on="main")
    built.tag("v1.0.0", first, "")
    second = built.commit({"app/main.rs": "two\n"}, "fix: peers\n", parents=[first])
    built.branch("main", second)
    built.tag("v1.0.1", second, "")
    repository = Repository(team=product.team, url=built.url)
    repository.renew_hook()
    repository.save()
    Mirror.objects.create(repository=repository)
    product.repository = repository
    product.save()
    join(dora, product.team, Role.MANAGER)
    RoleHolder.objects.create(product=product, role="decider", user=dora, position=1)
    deployed(product, "1.0.0", 200)
    deployed(product, "1.0.1", 1)
    product = Product.objects.get(pk=product.pk)
    incident = declare(product, by=dora, title="Nodes hang", severity=product.severities().get(key="P0"))
    return Incident.objects.for_page().get(pk=incident.pk)


def healthy(product: Product) -> None:
    target = make_target(product, name="Health")
    Target.objects.filter(pk=target.pk).update(
        state="up", settled="up", fresh_until=moment.now() + timedelta(hours=1)
    )
    target.monitor.looked_at = moment.now()
    target.monitor.save()


def work() -> None:
    """What the workers and the ticker do meanwhile."""
    for repository in Repository.objects.all():
        observing.fetch(repository)
    while look_due() or preview_due() or downloads.look_due():
        pass
    for pk in Rollback.objects.open().values_list("pk", flat=True):
        rounds.look(pk)


def decided(incident: Incident, by: User, option: str) -> Rollback:
    decide(incident, by=by, choice="rollback", option=option, reason="It worked before")
    work()
    work()
    return Rollback.objects.latest("number")


def preconditions(rollback: Rollback) -> list[tuple[str, str]]:
    rollback.refresh_from_db()
    return [(one["shown_by"], one["verdict"]) for one in rollback.preconditions]


def done(rollback: Rollback, by: User) -> None:
    for step in rollback.steps.filter(part="do", state="open"):
        checklist.tick(rollback, step.position, by=by)


def runs(rollback: Rollback, version: str) -> Rollback:
    """A service reports its version."""
    place = rollback.product.environments.filter(kind="production").order_by("pk").first()
    with transaction.atomic():
        see(rollback.product, place, where="health", version=version)
    work()
    return Rollback.objects.get(pk=rollback.pk)


def whole(rollback: Rollback) -> dict[str, str]:
    return {
        name: state
        for name, state in rollback.steps.exclude(shown_by="").values_list("shown_by", "state")
        if name != "watch"
    }


def test_archy_over_the_air(nodes: Incident, dora: User) -> None:
    """A38: the package is there, nothing irreversible lies between, the endpoint reports the version before."""
    healthy(nodes.product)
    made = decided(nodes, dora, "ota_previous")
    assert preconditions(made) == [("download", "PASS"), ("migrations", "PASS")]
    assert (made.from_ref, made.to_ref, made.option["user_action"]) == ("v1.0.1", "v1.0.0", "")
    done(made, dora)
    made = runs(made, "1.0.0")
    assert made.back_at is not None
    assert whole(made) == {
        "download": "done",
        "migrations": "done",
        "back": "done",
        "verified": "done",
        "smoke": "open",
    }
    assert list(verify(Incident.objects.all())) == []


def test_archy_by_reflashing(nodes: Incident, dora: User) -> None:
    """A39, A40: the ISO is there, app data is kept as the source says, and users are told what they must do."""
    made = decided(nodes, dora, "reflash_previous")
    assert preconditions(made) == [("download", "PASS")]
    assert (made.option["data_preserved"], made.option["data_note"]) == (
        "yes", "App data is on a partition of its own.",
    )  # fmt: skip
    assert made.steps.get(shown_by="told").title.startswith("Tell users what they must do: Users reflash")
    done(made, dora)
    back.say(made, by=dora, text="The forum has the link")
    work()
    assert whole(made)["back"] == "done"
    assert str(back.verified(Rollback.objects.get(), moment.now()).verdict) == "UNKNOWN"


def test_archy_an_iso_that_is_gone_blocks(nodes: Incident, dora: User) -> None:
    Shelf.there = set()
    made = decided(nodes, dora, "reflash_previous")
    assert preconditions(made) == [("download", "FAIL")]
    assert "is not at" in made.preconditions[0]["summary"]


def pushed(url: str, **facts: Any) -> None:
    """What nightdesk-push sends."""
    answer = Client().post(
        "/" + url.split("/", 3)[3], {"files": [{"path": BACKUP, **facts}]}, content_type="application/json"
    )
    assert answer.status_code in (200, 202), answer.content


def test_archy_by_the_backup_of_the_binary(nodes: Incident, dora: User) -> None:
    """A41: there, of which size and age and digest; of which version only what was reported of it can tell."""
    product = nodes.product
    monitor = add_monitor(product, by=None, kind="file", target="", name="Backup", interval_s=300)
    url = push_url(monitor)
    made = decided(nodes, dora, "binary_backup")
    assert preconditions(made) == [("backup", "UNKNOWN"), ("migrations", "PASS")]
    assert made.preconditions[0]["summary"] == f"No monitor looks at {BACKUP}."
    written = int((moment.now() - timedelta(hours=1)).timestamp())
    pushed(url, size=4096, mtime=written, sha256=GOOD)
    work()
    assert preconditions(made)[0] == ("backup", "UNKNOWN")
    assert "Nobody has told which version it is." in made.preconditions[0]["summary"]
    late = int(moment.now().timestamp())
    pushed(url, size=4096, mtime=late, sha256="a" * 64)
    work()
    assert preconditions(made)[0] == ("backup", "UNKNOWN")
    assert "it may be 1.0.1 itself" in made.preconditions[0]["summary"]
    fix = Hotfix.objects.create(
        number=9, incident=nodes, product=product, policy={}, called="archy", new_version="1.0.0",
        started_at=nodes.declared_at, status="released",
    )  # fmt: skip
    Evidence.objects.create(
        hotfix=fix, kind="artifact", data={"sha256": GOOD, "version": "v1.0.0"}, at=moment.now()
    )
    pushed(url, size=4096, mtime=written, sha256=GOOD)
    work()
    assert preconditions(made)[0] == ("backup", "PASS")
    assert made.preconditions[0]["facts"]["version"] == "1.0.0"
    pushed(url)
    pushed(url)
    pushed(url)
    work()
    assert preconditions(made)[0] == ("backup", "FAIL")
    assert made.steps.get(shown_by="backup").state == "open"
    done(made, dora)
    assert runs(made, "1.0.0").back_at is not None


def test_krow_by_the_production_tag_before(watched: Watched) -> None:
    """C15, web and backend: the tag is in the repository, and what it undoes was read there."""
    product = watched.product
    RoleHolder.objects.create(product=product, role="product_owner", user=watched.ada, position=1)
    tip = watched.story.commit(NOTED, "fix: sign-in fails\n", on="main")
    watched.story.repository.tag(TAG, tip, "HOTFIX: sign-in fails")
    deployed(product, "0.1.0", 100)
    deployed(product, "0.1.1", 1)
    healthy(product)
    incident = Incident.objects.for_page().get(pk=watched.incident().pk)
    made = decided(incident, watched.ada, "redeploy_previous_tag")
    assert preconditions(made) == [("tag", "PASS"), ("migrations", "PASS")]
    assert (made.to_ref, made.preview["count"]) == (BASE, 1)
    assert made.preview["hotfixes"][0]["title"] == f"{TAG} HOTFIX: sign-in fails"
    assert made.steps.get(title="Deploy it with the usual procedure.").commands == [f"git checkout {BASE}"]
    done(made, watched.ada)
    made = runs(made, "0.1.0")
    assert whole(made) == {
        "tag": "done", "migrations": "done", "smoke": "done", "back": "done", "verified": "done",
    }  # fmt: skip
    assert list(verify(Incident.objects.all())) == []


def test_krow_by_halting_the_rollout(watched: Watched) -> None:
    """C15, mobile: what is with everybody cannot be halted; what is staged can, and says how far it was."""
    product = watched.product
    RoleHolder.objects.create(product=product, role="product_owner", user=watched.ada, position=1)
    deployed(product, "0.1.0", 100)
    row = deployed(product, "0.1.1", 1, stage="released", percent=100)
    incident = Incident.objects.for_page().get(pk=watched.incident().pk)
    made = decided(incident, watched.ada, "halt_rollout")
    assert preconditions(made) == [("staged", "FAIL")]
    row.percent = 20
    row.save()
    work()
    assert preconditions(made) == [("staged", "PASS")]
    done(made, watched.ada)
    deployed(product, "0.1.1", 0, stage="halted", percent=35, status="started")
    work()
    made = Rollback.objects.get(pk=made.pk)
    assert made.back_at is not None
    event = incident.events.get(kind="rolled_back")
    assert (event.data["halted"], event.data["what"]) == (True, "0.1.1 at 35 %")
