"""Pausing, going on, waiving: with a reason, on record, never over a breach (A8, K47, K57)."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Role, User
from foundation import moment
from incidents.clocks.shown import board, clock_views
from incidents.clocks.verbs import ClockTooLate, pause_clock, resume_clock, waive_clock
from incidents.lifecycle import closing, lifecycle, transitions
from incidents.lifecycle.lifecycle import Step
from incidents.lifecycle.sweep import breach_due
from incidents.models import OPEN, Clock, Incident
from incidents.sentences.sentences import sentence
from incidents.timeline.corrections import correct
from incidents.timeline.lines import tone
from notifications.models import Delivery
from products.models import Product
from tests.factories import join, make_user

pytestmark = pytest.mark.usefixtures("declared")

WHY = "The provider is down"


@pytest.fixture
def manager(product: Product) -> User:
    user = make_user("mona@example.test")
    join(user, product.team, Role.MANAGER)
    return user


@pytest.fixture
def response(incident: Incident) -> Clock:
    return incident.clocks.get(key="response")


def backdate(clock: Clock, by: timedelta) -> None:
    """As if everything about it had been so much earlier."""
    clock.refresh_from_db()
    clock.started_at -= by
    clock.pauses = [[_earlier(start, by), end and _earlier(end, by)] for start, end in clock.pauses]
    clock.due_at = clock.due_at and clock.due_at - by
    clock.due_set_at -= by
    clock.save()


def _earlier(text: str, by: timedelta) -> str:
    return (datetime.fromisoformat(text) - by).isoformat()


def test_a_paused_clock_stands_still_and_is_due_later(incident: Incident, ada: User, response: Clock) -> None:
    due = response.due_at
    event = pause_clock(incident, "response", by=ada, reason=WHY)
    response.refresh_from_db()
    assert (response.due_at, response.warn_at) == (None, None)
    assert response.reading(moment.now()).state == "paused"
    assert (event.kind, event.text) == ("clock_paused", WHY)
    assert event.data == {"clock": "Respond", "key": "response", "cycle": 1, "reason": WHY}
    backdate(response, timedelta(hours=9))
    assert breach_due() == 0  # nine hours, of one: nothing ran out
    resume_clock(incident, "response", by=ada, reason="It is up")
    response.refresh_from_db()
    [[start, end]] = response.pauses
    paused = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    assert due
    assert response.due_at == due - timedelta(hours=9) + paused
    assert response.reading(moment.now()).state == "running"
    assert list(incident.events.order_by("seq").values_list("kind", flat=True))[-2:] == [
        "clock_paused",
        "clock_resumed",
    ]


def test_what_is_not_paused_does_not_go_on_and_nothing_is_paused_twice(incident: Incident, ada: User) -> None:
    with pytest.raises(ClockTooLate) as nothing:
        resume_clock(incident, "response", by=ada, reason=WHY)
    assert nothing.value.words == "“Respond” is not paused: there is nothing to go on from."
    assert nothing.value.faster is False
    pause_clock(incident, "response", by=ada, reason=WHY)
    with pytest.raises(ClockTooLate) as twice:
        pause_clock(incident, "response", by=ada, reason=WHY)
    assert (twice.value.words, twice.value.faster) == ("“Respond” is paused already.", True)
    assert incident.events.filter(kind="clock_paused").count() == 1


def test_a_pause_hides_no_breach_even_one_that_no_sweep_has_seen(
    incident: Incident, ada: User, response: Clock
) -> None:
    backdate(response, timedelta(hours=2))
    with pytest.raises(ClockTooLate) as late:
        pause_clock(incident, "response", by=ada, reason=WHY)
    assert late.value.words.startswith("“Respond” has run out: a pause would hide it.")
    assert breach_due() == 1


def test_a_worse_severity_during_a_pause_finds_what_was_over_before_it(
    incident: Incident, product: Product, ada: User, response: Clock
) -> None:
    mild = product.severities().get(key="HIGH")
    worst = incident.severity
    transitions.change_severity(incident, by=ada, severity=mild, reason="One region")
    backdate(response, timedelta(hours=2))
    pause_clock(incident, "response", by=ada, reason=WHY)
    transitions.change_severity(incident, by=ada, severity=worst, reason="All regions")
    response.refresh_from_db()
    assert response.reading(moment.now()).state == "breached"
    assert breach_due() == 1


def test_waived_it_ends_holds_nothing_and_keeps_its_breach(
    incident: Incident, ada: User, manager: User, response: Clock
) -> None:
    backdate(response, timedelta(hours=2))
    event = waive_clock(incident, "response", by=manager, reason="Nobody uses it at night")
    response.refresh_from_db()
    assert response.waived_at == event.occurred_at
    assert response.breached_at == response.due_at
    assert response.reading(moment.now()).state == "waived"
    assert response.sum(moment.now())[-2].startswith("Waived ")
    assert " It had run out " in response.sum(moment.now())[-2]
    assert list(incident.events.order_by("seq").values_list("kind", flat=True))[-2:] == [
        "clock_breached",
        "clock_waived",
    ]
    with pytest.raises(ClockTooLate) as again:
        waive_clock(incident, "response", by=manager, reason=WHY)
    assert again.value.words == "“Respond” is waived."


def test_a_watch_that_ended_too_early_is_waived_so_that_it_can_be_closed(
    incident: Incident, ada: User, manager: User
) -> None:
    """K61, K98."""
    lifecycle.perform(incident, Step("smoke_passed", OPEN), by=ada)
    lifecycle.perform(incident, Step("watch_failed", OPEN), by=ada)
    transitions.resolve(incident, by=ada)
    assert [hold.clock.key for hold in closing.holds(incident, moment.now())] == ["watch"]
    waive_clock(incident, "watch", by=manager, reason="Watched by hand")
    closing.close(incident, by=ada)
    assert incident.status == "closed"


def test_what_stops_while_paused_was_in_time(incident: Incident, ada: User, response: Clock) -> None:
    pause_clock(incident, "response", by=ada, reason=WHY)
    backdate(response, timedelta(hours=9))
    transitions.mitigate(incident, by=ada)
    response.refresh_from_db()
    assert response.reading(moment.now()).state == "met"


def test_of_several_remedies_one_is_named(incident: Incident, ada: User) -> None:
    """K47, K57: approval and deployment are timed for each remedy."""
    for subject in ("HF-1", "HF-2"):
        lifecycle.perform(incident, Step("review_requested", OPEN), by=ada, subject=subject)
    with pytest.raises(ValidationError) as several:
        pause_clock(incident, "approval", by=ada, reason=WHY)
    assert several.value.message_dict == {"clock": ["There are several. Name one of HF-1, HF-2."]}
    event = pause_clock(incident, "approval", subject="HF-2", by=ada, reason=WHY)
    assert event.subject == "HF-2"
    states = {
        clock.subject: clock.reading(moment.now()).state for clock in incident.clocks.filter(key="approval")
    }
    assert states == {"HF-1": "running", "HF-2": "paused"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"clock": "lunch", "reason": WHY}, "clock"), ({"clock": "response", "reason": " "}, "reason")],
)
def test_an_unknown_clock_and_a_missing_reason_are_named(
    incident: Incident, ada: User, facts: dict[str, str], field: str
) -> None:
    with pytest.raises(ValidationError) as error:
        pause_clock(incident, by=ada, **facts)
    assert list(error.value.message_dict) == [field]


def test_the_moment_of_a_pause_cannot_be_corrected_its_words_can(incident: Incident, ada: User) -> None:
    event = pause_clock(incident, "response", by=ada, reason=WHY)
    with pytest.raises(ValidationError):
        correct(event, by=ada, reason="Earlier", occurred_at=event.occurred_at - timedelta(minutes=1))
    correct(event, by=ada, reason="Typing error", text="Provider down")


def test_from_the_sum_to_the_form_and_back(
    client: Client, incident: Incident, ada: User, manager: User
) -> None:
    client.force_login(ada)
    page = client.get(incident.get_absolute_url()).content.decode()
    assert f"/incidents/{incident.ref}/pause_clock?clock=response" in page
    assert "waive_clock" not in page
    path = f"/incidents/{incident.ref}/pause_clock/"
    form = client.get(path, {"clock": "response"}).content.decode()
    assert '<option value="response" selected>Respond</option>' in form
    wrong = client.post(path, {"clock": "lunch", "reason": ""})
    assert wrong.status_code == 422
    assert "This clock has moved on meanwhile." in wrong.content.decode()
    assert client.post(path, {"clock": "response", "reason": WHY}).status_code == 302
    assert "resume_clock?clock=response" in client.get(incident.get_absolute_url()).content.decode()
    assert client.post(f"/incidents/{incident.ref}/waive_clock/", {}).status_code == 403
    client.force_login(manager)
    assert "waive_clock?clock=response" in client.get(incident.get_absolute_url()).content.decode()


def test_the_outsider_finds_nothing(client: Client, incident: Incident, outsider: User) -> None:
    client.force_login(outsider)
    assert client.post(f"/incidents/{incident.ref}/pause_clock/", {}).status_code == 404


def test_a_promise_that_is_broken_is_told_an_aim_that_is_missed_is_shown(
    incident: Incident, ada: User
) -> None:
    """K47: approval within 15 minutes, if possible. K57: deployment within 30 minutes of it."""
    for kind in ("review_requested", "approved"):
        lifecycle.perform(incident, Step(kind, OPEN), by=ada, subject="HF-1")
        clock = incident.clocks.running().get(subject="HF-1")
        now = moment.now()
        Clock.objects.filter(pk=clock.pk).update(due_at=now)
        if kind == "review_requested":
            assert breach_due() == 1
    assert breach_due() == 1
    found = incident.events.filter(kind="clock_breached").order_by("seq")
    lines = [(event.data["key"], event.data["told"], tone(event)) for event in found]
    assert lines == [("approval", False, "machine"), ("deploy", True, "machine breach")]
    assert str(sentence(found[0])) == "<b>Aim missed</b>: Approve (HF-1), &lt; 15 min"
    assert set(Delivery.objects.filter(key="breached").values_list("about", flat=True)) == {
        f"{incident.ref}/{found[1].seq}"
    }


def test_nine_clocks_fold_and_the_next_due_come_first(client: Client, incident: Incident, ada: User) -> None:
    for kind in ("hotfix_started", "review_requested", "approved", "smoke_passed"):
        lifecycle.perform(incident, Step(kind, OPEN), by=ada)
    shown = board(clock_views(incident, moment.now()))
    assert [view.clock.key for view in shown.shown] == ["deploy", "total", "watch"]
    assert [view.clock.key for view in shown.over] == [
        "acknowledged", "response", "decision", "approval",
    ]  # fmt: skip
    client.force_login(ada)
    assert "4 ended" in client.get(incident.get_absolute_url()).content.decode()


def test_a_clock_that_ends_while_it_stands_still_says_what_counts(
    incident: Incident, ada: User, response: Clock
) -> None:
    """It is said on the page while it lasts, and in the sum afterwards."""
    client = Client()
    client.force_login(ada)
    words = "<b>“Respond” stands still.</b>"
    assert words not in client.get(f"/incidents/{incident.ref}/").content.decode()
    pause_clock(incident, "response", by=ada, reason=WHY)
    assert words in client.get(f"/incidents/{incident.ref}/").content.decode()
    response.refresh_from_db()
    response.started_at -= timedelta(seconds=220)
    response.pauses = [[_earlier(response.pauses[0][0], timedelta(seconds=96)), None]]
    response.stopped_at = datetime.fromisoformat(response.pauses[0][0]) + timedelta(seconds=96)
    said = response.sum(moment.now())
    assert "Paused since" not in " ".join(said)
    assert said[-1].endswith("It stood still for 1 min 36 s, which does not count.")
