"""Now: an open page keeps its order, says what nobody can tell, and asks no more for private incidents."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from hotfixes.decision.decide import decide
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from incidents.roles.roles import claim
from monitoring.models import Monitor, Target
from products.models import Product
from tests.factories import make_monitor

pytestmark = pytest.mark.usefixtures("house")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def phone(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def opened(product: Product, by: User, title: str, severity: str, **facts: Any) -> Incident:
    return declare(product, by=by, title=title, severity=product.severities().get(key=severity), **facts)


def titles(page: str) -> list[str]:
    return re.findall(r'<a [^>]*href="/incidents/INC-\d+/">([^<]+)</a>', page)


def test_an_open_page_keeps_its_order_and_says_what_is_new(
    phone: Client, product: Product, ada: User
) -> None:
    first = opened(product, ada, "Search is slow", "HIGH")
    second = opened(product, ada, "Map is blank", "MEDIUM")
    opened(product, ada, "Sign-in fails", "CRITICAL")
    assert titles(phone.get("/").content.decode()) == ["Sign-in fails", "Search is slow", "Map is blank"]
    query = f"/?shown={first.number}&shown={second.number}"
    page = phone.get(query, headers=HTMX).content.decode()
    assert titles(page) == ["Search is slow", "Map is blank", "Sign-in fails"]
    assert "1 new: show" in page
    transitions.resolve(first, by=ada)
    page = phone.get(query, headers=HTMX).content.decode()
    assert titles(page) == ["Search is slow", "Map is blank", "Sign-in fails"]
    assert f"/incidents/{first.ref}/acknowledge" not in page
    assert "2 open incidents, 1 over meanwhile</h1>" in page
    assert "over meanwhile" not in phone.get("/").content.decode()


def test_when_nothing_is_open_any_more_the_open_page_says_so(
    phone: Client, product: Product, incident: Incident, ada: User
) -> None:
    transitions.resolve(incident, by=ada)
    page = phone.get(f"/?shown={incident.number}", headers=HTMX).content.decode()
    assert "Nothing is open" in page


@pytest.mark.parametrize("shown", ["x", "-1", "9" * 40, "²", "999999"])
def test_an_order_that_makes_no_sense_is_left_out(phone: Client, incident: Incident, shown: str) -> None:
    page = phone.get("/", {"shown": shown}, headers=HTMX).content.decode()
    assert titles(page) == ["Sign-in fails"]


def test_the_order_never_shows_what_the_person_may_not_see(
    product: Product, ada: User, outsider: User
) -> None:
    secret = opened(product, ada, "Keys leaked", "CRITICAL")
    client = Client()
    client.force_login(outsider)
    assert "Keys leaked" not in client.get(f"/?shown={secret.number}", headers=HTMX).content.decode()


def test_a_private_incident_costs_no_query_of_its_own(phone: Client, product: Product, ada: User) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (1, 3):
        for _ in range(more):
            opened(product, ada, "Keys leaked", "HIGH", private=True)
        phone.get("/")
        with CaptureQueriesContext(connection) as queries:
            page = phone.get("/").content.decode()
        assert "Acknowledge" in page
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("is_open", [True, False])
def test_monitors_nobody_can_tell_of_are_named_whether_or_not_something_is_open(
    phone: Client, product: Product, ada: User, is_open: bool
) -> None:
    if is_open:
        opened(product, ada, "Sign-in fails", "CRITICAL")
    unseen, fresh = make_monitor(product, name="Till"), make_monitor(product, name="Shop")
    make_monitor(product, name="Added just now")
    now = moment.now()
    Monitor.objects.filter(pk__in=[unseen.pk, fresh.pk]).update(looked_at=now)
    Target.objects.filter(monitor=fresh).update(state="up", settled="up", fresh_until=now + fresh.fresh_for)
    page = phone.get("/").content.decode()
    assert "Can't tell how 1 monitor is" in page
    assert ">Till</a>" in page
    assert ">Shop</a>" not in page
    assert ">Added just now</a>" not in page


def test_a_tap_on_now_leads_to_the_incident_and_a_late_one_says_who_was_faster(
    phone: Client, incident: Incident, ben: User
) -> None:
    transitions.acknowledge(incident, by=ben)
    answer = phone.post(f"/incidents/{incident.ref}/acknowledge", {"go": "on"}, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/incidents/INC-1/")
    assert "Somebody was faster. Ben: acknowledged." in phone.get("/incidents/INC-1/").content.decode()


def test_who_did_it_already_is_not_told_that_somebody_was_faster(phone: Client, incident: Incident) -> None:
    """The answer was lost, the person taps again."""
    for _ in range(2):
        answer = phone.post(f"/incidents/{incident.ref}/acknowledge", headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "You have done this already." in page
    assert "Somebody was faster" not in page
    assert incident.events.filter(kind="acknowledged").count() == 1


def test_a_note_of_blanks_is_refused_in_the_open_page_with_words(phone: Client, incident: Incident) -> None:
    answer = phone.post(f"/incidents/{incident.ref}/note", {"text": "  "}, headers=HTMX)
    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()
    assert 'hx-target="#composer"' not in answer.content.decode()


def test_containing_the_damage_has_one_wording(phone: Client, incident: Incident, ada: User) -> None:
    transitions.acknowledge(incident, by=ada)
    transitions.assign(incident, by=ada, user=ada)
    assert ">Damage contained</a>" in phone.get(f"/incidents/{incident.ref}/").content.decode()
    transitions.mitigate(incident, by=ada)
    page = phone.get(f"/incidents/{incident.ref}/").content.decode()
    assert '<span class="chip plain">Damage contained</span>' in page
    assert "<b>Damage contained</b> by Ada" in page
    assert "Mitigated" not in page
    assert "Responded in" in page


def test_the_list_is_searched_in_notes_too_but_never_in_hidden_or_private_ones(
    phone: Client, product: Product, incident: Incident, ada: User, ben: User
) -> None:
    from incidents.timeline import corrections

    entry = transitions.note(incident, by=ada, text='The "umbrella" cache\nwas full')
    secret = opened(product, ben, "Keys", "HIGH", private=True)
    transitions.note(secret, by=ben, text="Under the umbrella")

    def found(words: str) -> list[str]:
        return titles(phone.get("/incidents/", {"q": words}).content.decode())

    assert found("umbrella full") == found("sign-in") != []
    assert found("text") == []
    assert found("data") == []
    corrections.correct(entry, by=ada, occurred_at=entry.occurred_at, text="umbrella two", reason="Name")
    corrections.ask_redaction(entry, by=ada, reason="A name")
    assert found("umbrella") == []


def test_what_was_decided_before_anybody_acknowledged_is_not_called_nobody_s(
    phone: Client, incident: Incident, ada: User
) -> None:
    """Deciding stops no clock of acknowledging: that is still asked for, in words that are true."""
    assert "Nobody has this yet" in phone.get("/").content.decode()
    decide(incident, by=ada, choice="mitigate", reason="Contain first", emergency=True)
    for path in ("/", incident.get_absolute_url()):
        page = phone.get(path).content.decode()
        assert re.search(r"Ada decided at \d+ \w+ \d\d:\d\d UTC; nobody has acknowledged it", page)
        assert f"/incidents/{incident.ref}/acknowledge" in page
        assert "Nobody has this yet" not in page


def test_it_says_who_is_on_each(phone: Client, product: Product, ada: User, ben: User) -> None:
    """Until somebody leads, it is who acknowledged it; nobody else has to open it to see that."""
    first, second = (opened(product, ada, title, "HIGH") for title in ("Search is slow", "Map is blank"))
    transitions.acknowledge(first, by=ada)
    transitions.acknowledge(second, by=ben)
    page = phone.get("/").content.decode()
    assert page.count("<span>You are on it</span>") == page.count("<span>Ben is on it</span>") == 1
    said = [phone.get(one.get_absolute_url()).content.decode() for one in (first, second)]
    assert [re.findall(r"Acknowledged by <b>(.+?)</b>", one) for one in said] == [["you"], ["Ben"]]
    assert ["<b>You are on it.</b>" in one for one in said] == [True, False]
    claim(first, by=ben)
    assert "<span>Ben leads</span>" in phone.get("/").content.decode()
    assert "Acknowledged by" not in phone.get(first.get_absolute_url()).content.decode()


def test_now_and_the_page_say_first_that_the_monitor_is_up_again(
    phone: Client, product: Product, ada: User
) -> None:
    """Also of one that nobody has acknowledged: it is what somebody woken wants to know."""
    target = make_monitor(product).targets.get()
    incident = opened(product, ada, "Sign-in fails", "CRITICAL", target=target)

    def said(state: str, minutes: int) -> list[bool]:
        since = incident.detected_at + timedelta(minutes=minutes)
        fresh_until = moment.now() + timedelta(hours=1)
        Target.objects.update(state=state, settled=state, since=since, fresh_until=fresh_until)
        pages = (" ".join(phone.get(path).text.split()) for path in ("/", incident.get_absolute_url()))
        return [
            re.search(r"<b>Checkout</b> <[^>]*up.*? again since <time", page) is not None for page in pages
        ]

    assert said("down", -1) == [False, False]
    assert said("up", -1) == [False, False]  # it was well all along
    assert said("up", 12) == [True, True]
    transitions.resolve(incident, by=ada)
    assert said("up", 12) == [False, False]
