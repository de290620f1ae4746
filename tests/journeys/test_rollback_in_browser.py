"""A rollback on a small phone, from the one-tap link in a message to closed: decided on what the worker read of the
repository, brought out by curl, watched by real looks at a real service, told to users.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from accounts.models import Scope, User
from foundation import moment
from hotfixes.decision.proposing import propose
from hotfixes.models import Preview, Rollback, Watch, WatchSample
from hotfixes.observing.looking import look_due
from hotfixes.preview import asking
from hotfixes.preview.making import preview_due
from hotfixes.rollback import rounds
from hotfixes.watch import judging
from incidents.lifecycle import intake
from incidents.models import Clock, Incident
from monitoring import sweep as probes
from monitoring.models import Monitor
from notifications import links, send
from notifications.models import Audience, Delivery, Kind
from notifications.ways import add_channel
from products.models import Product, RoleHolder
from products.token_products import make_narrow_token
from tests.factories import PASSWORD, join, make_monitor, make_product, make_user
from tests.hotfixes.checks.stories import KROW, NOTED, TAG, Story
from tests.hotfixes.observing.watched import connected
from tests.hotfixes.rollback.test_ways import deployed
from tests.journeys.desks import Person
from tests.notifications.receiving import Receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

INCIDENT = "/incidents/INC-1/"
SMALL = {"width": 360, "height": 740}
# So long from one look to the next: four of them are the two hours of Krow's watch.
STEP = timedelta(minutes=40)


class Service(ThreadingHTTPServer):
    """What people use; `status` is what it answers."""

    daemon_threads = True
    status = 200


class _Answer(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_words: object) -> None:
        return


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    settings.NIGHTDESK_PROBE_NETWORKS = ("127.0.0.1/32",)
    server = Service(("127.0.0.1", 0), _Answer)
    thread = Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def product(transactional_db: None, settings: Settings, tmp_path: Path, service: Service) -> Product:
    """0.1.0 ran for days, 0.1.1 came an hour ago; both are tagged, and a monitor looks."""
    settings.NIGHTDESK_GIT_PROTOCOLS = ("file",)
    settings.NIGHTDESK_DATA = tmp_path / "data"
    story = Story.begun(tmp_path)
    found = make_product(name="Krow", slug="krow", version="0.1.1")
    found.policy = {"version_files": KROW["version_files"]}
    found.repository = connected(found, story.repository.url)
    found.save()
    tip = story.commit(NOTED, "fix: faster sign-in\n", on="main")
    story.repository.tag(TAG, tip, "Release 0.1.1")
    for version, hours in (("0.1.0", 100), ("0.1.1", 1)):
        deployed(found, version, hours)
    make_monitor(
        found, name="Sign-in", target=f"http://127.0.0.1:{service.server_port}/health",
        interval_s=int(STEP.total_seconds()),
        fail_after=1, recover_after=1,
    )  # fmt: skip
    return found


@pytest.fixture
def olga(
    product: Product, browser: Browser, browser_context_args: dict[str, Any], asgi_server: str
) -> Iterator[Person]:
    """Decides; her phone is cold: nobody is signed in on it."""
    user = make_user("olga@krow.test", name="Olga", password=PASSWORD)
    join(user, product.team, "manager")
    RoleHolder.objects.create(product=product, role="product_owner", user=user, position=1)
    errors: list[str] = []
    context = browser.new_context(**{**browser_context_args, "viewport": SMALL})
    page = context.new_page()
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Person(page, asgi_server)
    context.close()
    assert errors == []


@pytest.fixture
def ada(product: Product) -> User:
    join(user := make_user("ada@krow.test", name="Ada"), product.team)
    return user


def test_a_rollback_from_the_link_in_a_message_to_closed(
    olga: Person, ada: User, product: Product, service: Service, room: Receiver
) -> None:
    """A37–A39, K55, K61, K65, K72, K84, K138, K139, C3, C15."""
    owner = User.objects.get(name="Olga")
    add_channel(
        kind=Kind.WEBHOOK, name="Status page", config={"url": f"{room.url}/users"}, by=owner, team=product.team,
        audience=Audience.USERS,
    )  # fmt: skip
    breaks(service, ada)
    decides_by_the_link(olga, owner)
    ticks_its_boxes(olga)
    is_brought_out_by_curl(olga, ada)
    watches(olga, service)
    tells_and_closes(olga, room)


def breaks(service: Service, ada: User) -> None:
    """The monitor opens it, a worker reads what going back would undo, Ada recommends it."""
    service.status = 503
    polls()
    incident = Incident.objects.for_page().get()
    assert list(iter(look_due, False)) == [True], "the worker has its copy"
    asking.ask(incident)
    assert preview_due()
    propose(
        incident,
        by=ada,
        choice="rollback",
        option="redeploy_previous_tag",
        text="0.1.0 was well",
        cause="unknown",
    )


def decides_by_the_link(olga: Person, owner: User) -> None:
    """Options, what it undoes, and who she is, in one form on a phone that is not signed in."""
    Preview.objects.update(made_at=moment.now() - timedelta(minutes=2))
    token = links.token(Delivery.objects.get(key="proposed", user=owner, route="inapp"), links.DECIDE)
    olga.opens(f"/l/{token}")
    main = olga.page.locator("main")
    for words in (
        "Ada recommends to roll back",
        "1 change",
        "It is being read again now",
        "What users will be told",
    ):
        expect(main).to_contain_text(words)
    assert preview_due()
    olga.opens(f"/l/{token}")
    expect(main).not_to_contain_text("It is being read again now")
    expect(olga.page.locator(".option summary").first).to_contain_text(
        "Deploy the production tag before this one"
    )
    olga.page.locator(".taps").get_by_role("link", name="Roll back to 0.1.0").click()
    olga.page.get_by_label("Why?").fill("Nobody can sign in, and 0.1.0 was well")
    olga.page.get_by_label("Password").fill(PASSWORD)
    olga.sound()
    olga.taps("Decide: roll back")
    olga.arrives_live(INCIDENT)
    expect(olga.page.locator("#panel-decision")).to_contain_text(
        "Rollback: Deploy the production tag before this one"
    )


def ticks_its_boxes(olga: Person) -> None:
    """What Nightdesk sees it ticks by itself (the tag, the migrations); the rest is one tap each."""
    rounds.sweep()
    olga.taps("Acknowledge")
    expect(olga.page.locator("#now")).to_contain_text("Find the tag that was in production before.")
    olga.taps("Done")
    expect(olga.page.locator("#now")).to_contain_text("git checkout krow/prod-v0.1.0")
    olga.opens_live("/rollbacks/RB-1/")
    boxes = olga.page.locator("#rollback .checks")
    expect(boxes.nth(0)).to_contain_text("The tag before this one still exists")
    assert [one.state for one in Rollback.objects.get().steps.order_by("position")[:3]] == ["done"] * 3
    expect(olga.page.locator("#rollback")).to_contain_text("faster sign-in")


def is_brought_out_by_curl(olga: Person, ada: User) -> None:
    """The last line of a deploy script; the page that is open shows it by itself."""
    _token, text = make_narrow_token(ada, by=None, name="deploy", scopes=[Scope.INGEST])
    body = {"product": "krow", "environment": "production", "version": "0.1.0", "status": "succeeded"}
    done = subprocess.run(
        ["curl", "-fsS", "-H", f"Authorization: Bearer {text}", "-H", "Content-Type: application/json",
         f"{olga.address}/api/v1/deployments", "-d", json.dumps(body)],
        capture_output=True, check=True, text=True, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["status"] == "rolled_back"
    expect(olga.page.locator("#next-title")).to_contain_text("0.1.0 is back")


def watches(olga: Person, service: Service) -> None:
    """It answers again; every smoke test works; two hours of looks at it, forty minutes apart."""
    service.status = 200
    polls()
    olga.opens(f"{INCIDENT}try_smoke")
    for works in olga.page.get_by_label("Works", exact=True).all():
        works.check()
    olga.sound()
    olga.taps("Say how the smoke tests went")
    olga.page.wait_for_url(f"**{INCIDENT}")
    expect(olga.page.locator("#timeline-lines")).to_contain_text("The watch begins")
    for _look in range(4):
        later()
        polls()
    assert Watch.objects.get().state == Watch.State.MET
    assert WatchSample.objects.filter(verdict="good").count() >= 4
    rounds.sweep()
    olga.opens(INCIDENT)
    expect(olga.page.locator(".watch")).to_contain_text("went well")


def tells_and_closes(olga: Person, room: Receiver) -> None:
    olga.opens(f"{INCIDENT}resolve")
    olga.page.get_by_label("What ended it?").fill("0.1.0 runs again")
    olga.taps("Resolve")
    olga.page.wait_for_url(f"**{INCIDENT}")
    olga.opens(f"{INCIDENT}messages/resolved/")
    expect(olga.page.locator("#message-text")).to_contain_text("Service restored to normal.")
    olga.page.get_by_role("button", name="Send").first.click()
    expect(olga.page.locator("main")).to_contain_text("Sent by Olga")
    for lane in set(Delivery.objects.exclude(lane="").values_list("lane", flat=True)):
        send.drain(lane)
    assert any(b"EMERGENCY RESOLVED" in got.body for got in room.got)
    olga.opens(INCIDENT)
    olga.taps("Close")
    olga.page.wait_for_url("**/close")
    olga.taps("Close")
    olga.page.wait_for_url(f"**{INCIDENT}")
    expect(olga.page.locator("#timeline-lines")).to_contain_text("Closed")
    rounds.sweep()
    assert Rollback.objects.get().status == Rollback.Status.DONE
    olga.opens("/rollbacks/RB-1/")
    expect(olga.page.locator("main")).to_contain_text("It is done.")
    olga.sound()


def polls() -> None:
    """One look of the prober, and what follows from it."""
    Monitor.objects.update(due_at=moment.now())
    assert probes.probe_due() == 1
    intake.take_in()
    Watch.objects.exclude(look_at=None).update(look_at=moment.now())
    judging.judge_due()


def later() -> None:
    """As if what is watched had been so much earlier: nobody waits two hours in a test."""
    Watch.objects.update(kept_from=F("kept_from") - STEP, counts_from=F("counts_from") - STEP)
    WatchSample.objects.update(at=F("at") - STEP)
    for clock in Clock.objects.filter(key="watch"):
        clock.started_at -= STEP
        clock.due_at = clock.reading(moment.now()).due_at
        clock.save()
