"""What people see and send: pages answer, refuse outsiders, keep what was typed, and tell the slower one kindly."""

import re
from datetime import UTC, timedelta

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from incidents.timeline import timeline
from products.models import Product
from products.vocabulary import EventKind

pytestmark = pytest.mark.usefixtures("house")


def test_an_incident_shows_its_clocks_with_their_sums(phone: Client, incident: Incident) -> None:
    page = phone.get("/incidents/INC-1/").content.decode()
    assert "CRITICAL: &lt; 1 h." in page
    assert "when the problem was detected" in page


def test_acknowledging_by_a_plain_form_leads_back(phone: Client, incident: Incident) -> None:
    answer = phone.post("/incidents/INC-1/acknowledge")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/incidents/INC-1/")
    incident.refresh_from_db()
    assert incident.acknowledged_at is not None
    # Whoever did it by keyboard is at what was done, once, and not at the top of the page again.
    focused = [
        re.findall(r"autofocus\s[^>]*>\s*<p>([^<]*)<", phone.get("/incidents/INC-1/").text) for _ in range(2)
    ]
    assert focused == [["Done: Acknowledged."], []]


def test_a_note_by_a_plain_form_leads_back_to_where_it_stands(phone: Client, incident: Incident) -> None:
    """On a phone the timeline is a part of its own; without script nothing else would choose it."""

    def chosen(page: str) -> list[str]:
        return re.findall(r'name="segment" value="(\w+)" autocomplete="off"\s+checked>', page)

    assert chosen(phone.get("/incidents/INC-1/").text) == ["steps"]
    leads = phone.post("/incidents/INC-1/note", {"text": "Cache is full"}).headers["Location"]
    event = incident.events.get(kind="noted")
    assert leads == "/incidents/INC-1/?part=timeline#timeline-title"
    page = phone.get(leads).text
    assert chosen(page) == ["timeline"]
    assert page.index('id="timeline-title"') < page.index(f'id="event-{event.pk}"')


def test_get_shows_and_does_nothing(phone: Client, incident: Incident) -> None:
    assert phone.get("/incidents/INC-1/acknowledge").status_code == 200
    incident.refresh_from_db()
    assert incident.acknowledged_at is None


def test_the_slower_one_sees_the_present_state_and_who_was_faster(
    phone: Client, incident: Incident, ben: User
) -> None:
    transitions.acknowledge(incident, by=ben)
    answer = phone.post("/incidents/INC-1/acknowledge")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody was faster." in page
    assert "Ben: acknowledged" in page


def test_words_that_came_too_late_are_kept_for_a_note(phone: Client, incident: Incident, ben: User) -> None:
    transitions.resolve(incident, by=ben)
    page = phone.post("/incidents/INC-1/resolve", {"text": "I restarted the cache"}).content.decode()
    assert ">I restarted the cache</textarea>" in page


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("note", {"text": ""}),
        ("note", {"text": "a\x00b"}),
        ("change_severity", {"severity": "P0", "reason": "Because"}),
        ("change_severity", {"severity": "HIGH", "reason": ""}),
        ("assign", {"role": "lead", "user": "999999"}),
        ("describe", {"title": "x" * 10_000}),
        ("describe", {"title": "Fine", "users_affected": "many"}),
    ],
)
def test_a_verb_s_bad_input_changes_nothing(
    phone: Client, incident: Incident, verb: str, fields: dict[str, str]
) -> None:
    answer = phone.post(f"/incidents/INC-1/{verb}", fields)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert incident.events.count() == 1


def test_now_is_empty_then_calm_then_shows_what_is_worst(phone: Client, product: Product, ada: User) -> None:
    assert "Nothing is open" in phone.get("/").content.decode()
    for severity in product.severities():
        declare(product, by=ada, title=f"{severity.key} thing", severity=severity)
    page = phone.get("/").content.decode()
    assert page.index("CRITICAL thing") < page.index("HIGH thing") < page.index("MEDIUM thing")


def rows(phone: Client, path: str) -> int:
    return phone.get(path).content.decode().count('class="row-title"')


def test_the_list_is_searched_filtered_and_paged(phone: Client, product: Product, ada: User) -> None:
    high = product.severities().get(key="HIGH")
    one = declare(product, by=ada, title="Thing 1", severity=high)
    for number in range(2, 56):
        one.pk, one.number, one.title = None, number, f"Thing {number}"
        one.save(force_insert=True)
    transitions.resolve(Incident.objects.get(title="Thing 1"), by=ada)
    first = phone.get("/incidents/").content.decode()
    assert first.count('class="row-title"') == 50
    older = phone.get(
        first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    ).content.decode()
    assert older.count('class="row-title"') == 5
    assert phone.get("/incidents/?status=resolved").content.decode().count('class="row-title"') == 1
    assert (
        phone.get("/incidents/?status=open&severity=high&product=staff-mobile&q=thing+54")
        .content.decode()
        .count('class="row-title"')
        == 1
    )
    assert phone.get("/incidents/?q=inc-12").headers["Location"] == "/incidents/INC-12/"
    assert "Nothing fits" in phone.get("/incidents/?q=zebra").content.decode()
    assert phone.get("/incidents/?after=nonsense").status_code == 302


def test_correcting_and_redacting_through_the_pages(
    phone: Client, incident: Incident, ada: User, ben: User
) -> None:
    event = transitions.note(incident, by=ada, text="password is hunter2")
    path = f"/incidents/INC-1/events/{event.seq}"
    earlier = (moment.now() - timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%S")
    assert (
        phone.post(
            f"{path}/correct", {"occurred_at": earlier, "text": "the password is hunter2", "reason": ""}
        ).status_code
        == 422
    )
    assert (
        phone.post(
            f"{path}/correct",
            {"occurred_at": earlier, "text": "the password is hunter2", "reason": "Spelling"},
        ).status_code
        == 302
    )
    assert phone.post(f"{path}/redact", {"reason": "A password"}).status_code == 302
    assert phone.post(f"{path}/settle", {"answer": "confirm"}).status_code == 409
    second = Client()
    second.force_login(ben)
    assert second.post(f"{path}/settle", {"answer": "confirm"}).status_code == 302
    for client in (phone, second):
        assert "hunter2" not in client.get("/incidents/INC-1/").content.decode()
        assert "hunter2" not in client.get(f"{path}/").content.decode()
        assert "hunter2" not in client.get(f"/incidents/INC-1/events/{event.seq + 1}/").content.decode()


def test_where_no_monitor_noticed_it_no_place_is_kept_for_one(phone: Client, incident: Incident) -> None:
    """An empty part of a column would push what follows below its neighbour."""
    page = phone.get(f"/incidents/{incident.ref}/").content.decode()
    assert re.search(r'<section id="monitors" data-segment="steps" hidden>\s*</section>', page)


def test_a_page_of_two_hundred_events_asks_the_database_as_often_as_one_of_few(
    phone: Client, incident: Incident, ada: User, django_assert_max_num_queries: object
) -> None:
    """Twelve, where the product lists neither contacts nor parts (docs/decisions/0003)."""
    for number in range(200):
        timeline.record(incident, EventKind.NOTED, by=ada, at=incident.declared_at, text=f"Note {number}")
    phone.get("/incidents/INC-1/")  # when this device was last seen is noted once in ten minutes
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page = phone.get("/incidents/INC-1/").content.decode()
    assert page.count('class="line') >= 201


def test_now_asks_as_often_for_three_as_for_one(phone: Client, product: Product, ada: User) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (1, 2):
        for _ in range(more):
            declare(product, by=ada, title="Down")
        phone.get("/")
        with CaptureQueriesContext(connection) as queries:
            phone.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_asks_as_often_for_eight_as_for_two(phone: Client, product: Product, ada: User) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (2, 6):
        for _ in range(more):
            declare(product, by=ada, title="Down", severity=product.severities().get(key="HIGH"))
        phone.get("/incidents/")
        with CaptureQueriesContext(connection) as queries:
            phone.get("/incidents/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_same_key_with_other_words_is_another_note(phone: Client, incident: Incident) -> None:
    for words in ("The cache", "The cache", "The cache is full"):
        assert phone.post("/incidents/INC-1/note", {"text": words, "key": "k"}).status_code == 302
        assert phone.post("/incidents/INC-1/join", {"title": words, "key": "k"}).status_code == 302
    assert incident.events.filter(kind="noted").count() == 4


def test_a_severity_form_from_before_a_change_overwrites_nothing(
    phone: Client, incident: Incident, product: Product, ben: User
) -> None:
    assert 'name="seen" value="CRITICAL"' in phone.get("/incidents/INC-1/change_severity").content.decode()
    transitions.change_severity(
        incident, by=ben, severity=product.severities().get(key="HIGH"), reason="Partly"
    )
    answer = phone.post(
        "/incidents/INC-1/change_severity", {"severity": "MEDIUM", "seen": "CRITICAL", "reason": "Hardly"}
    )
    assert answer.status_code == 409
    incident.refresh_from_db()
    assert incident.severity.key == "HIGH"


def test_an_entry_shows_its_facts_as_people_read_them(phone: Client, product: Product, ada: User) -> None:
    seen = (moment.now() - timedelta(days=3)).replace(microsecond=0)
    declare(product, by=ada, title="Down", detected_at=seen)
    page = phone.get("/incidents/INC-1/events/1/").content.decode()
    assert f"<dd>{seen.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC</dd>" in page
    assert "detected_at" not in page
