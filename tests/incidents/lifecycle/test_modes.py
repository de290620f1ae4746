"""Drills and what is entered afterwards: marked everywhere, told to nobody, not counted."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import sweep
from incidents.lifecycle.declare import declare
from incidents.models import Incident, Mode
from notifications.models import Delivery
from products.models import Product

pytestmark = pytest.mark.usefixtures("house")


@pytest.mark.parametrize(("mode", "word"), [("drill", "Drill"), ("retrospective", "Retrospective")])
def test_it_is_marked_everywhere(phone: Client, product: Product, ada: User, mode: str, word: str) -> None:
    incident = declare(product, by=ada, title="Played", severity=product.severities().first(), mode=mode)
    for path in ("", "declared/", "resolve", "decline", "events/1/"):
        page = phone.get(f"/incidents/{incident.ref}/{path}").content.decode()
        assert f"<title>{word}: " in page, path
    for path in (
        f"/incidents/{incident.ref}/",
        f"/incidents/?mode={mode}",
        "/incidents/?mode=all",
        "/",
        "/decisions/",
        f"/decisions/{incident.ref}/",
    ):
        assert f'<span class="chip high">{word}</span>' in phone.get(path).content.decode(), path


def test_the_list_shows_live_ones_and_others_when_asked(phone: Client, product: Product, ada: User) -> None:
    severity = product.severities().first()
    for title, mode in (("Real one", "live"), ("Played", "drill"), ("Told later", "retrospective")):
        declare(product, by=ada, title=title, severity=severity, mode=mode)

    def shown(query: str) -> list[str]:
        page = phone.get(f"/incidents/{query}").content.decode()
        return [title for title in ("Real one", "Played", "Told later") if title in page]

    assert shown("") == shown("?mode=nonsense") == ["Real one"]
    assert shown("?mode=drill") == ["Played"]
    assert shown("?mode=retrospective") == ["Told later"]
    assert shown("?mode=all") == ["Real one", "Played", "Told later"]
    page = phone.get("/incidents/?q=Played").content.decode()
    assert "Drills and what was entered afterwards are not looked through." in page
    assert _kinds(page) == ["Live (0)", "Drills (1)", "Entered afterwards (0)", "All (1)"]
    page = phone.get("/incidents/?mode=drill").content.decode()
    assert _kinds(page) == ["Live (1)", "Drills (1)", "Entered afterwards (1)", "All (3)"]
    assert "Nothing fits" in phone.get("/incidents/?q=Nowhere").content.decode()


def _kinds(page: str) -> list[str]:
    return re.findall(r'<option id="mode-[^>]*>([^<]*)', page)


def test_a_drill_tells_nobody_outside_and_says_why(product: Product, ada: User, ben: User) -> None:
    declare(product, by=ada, title="Played", severity=product.severities().first(), mode=Mode.DRILL)
    states = set(Delivery.objects.filter(user=ben).values_list("state", "reason"))
    assert states == {("skipped", "drill")}


def test_now_shows_real_ones_first_and_counts_only_those(phone: Client, product: Product, ada: User) -> None:
    critical, medium = product.severities().first(), product.severities().last()
    declare(product, by=ada, title="Played", severity=critical, mode=Mode.DRILL)
    page = phone.get("/").content.decode()
    assert "0 open incidents, 1 drill or told afterwards" in page
    declare(product, by=ada, title="Wrong colour", severity=medium)
    page = phone.get("/").content.decode()
    assert "1 open incident, 1 drill or told afterwards" in page
    assert page.find("Wrong colour") < page.find("Played")
    assert 'data-mine-open="1"' in page


def test_a_retold_story_takes_its_own_times(phone: Client, product: Product, ada: User) -> None:
    """Two years ago, every step with its moment; its clocks read as they were, and no sweep calls them late."""
    then = (moment.now() - timedelta(days=800)).replace(microsecond=0)
    fields = {
        "title": "Old story", "product": product.slug, "severity": "CRITICAL", "mode": "retrospective",
        "detected_at": f"{then:%Y-%m-%dT%H:%M:%S}",
    }  # fmt: skip
    answer = phone.post("/declare/", {**fields, "detected_at": ""})
    assert (answer.status_code, "Say since when it was seen" in answer.content.decode()) == (422, True)
    assert phone.post("/declare/", fields).status_code == 302
    incident = Incident.objects.get()
    assert (sweep.breach_due(), sweep.next_due(), sweep.warn_due()) == (0, None, 0)
    path = f"/incidents/{incident.ref}/resolve"
    for wrong, words in (
        ("", "Say when it was."),
        (f"{then - timedelta(minutes=1):%Y-%m-%dT%H:%M}", "before the problem was detected"),
        ("2099-01-01T00:00", "in the future"),
    ):
        answer = phone.post(path, {"text": "Restarted", "at": wrong})
        assert (answer.status_code, words in answer.content.decode()) == (422, True), wrong
    assert phone.get(f"/incidents/{incident.ref}/acknowledge").content.decode().count('name="at"') == 1
    assert (
        phone.post(
            path, {"text": "Restarted", "at": f"{then + timedelta(minutes=30):%Y-%m-%dT%H:%M:%S}"}
        ).status_code
        == 302
    )
    incident.refresh_from_db()
    assert incident.resolved_at == then + timedelta(minutes=30)
    assert incident.clocks.get(key="response").reading(moment.now()).state == "met"
    assert list(incident.events.filter(kind="clock_breached").values_list("kind", flat=True)) == [
        "clock_breached"
    ]
