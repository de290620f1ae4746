"""The T-ruler by table: planned moments against real ones, in words, and on a scale that breaks (K78–K86, C2)."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from accounts.models import User
from foundation import moment
from incidents.lifecycle import lifecycle, transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import Step
from incidents.models import OPEN, Incident
from incidents.ruler.panel import read
from incidents.ruler.ruler import End, Planned, Total, ruler
from incidents.timeline.corrections import correct
from incidents.work.checklist import attest
from incidents.work.report import report
from products.models import Product
from products.targets import offset_text
from tests.factories import make_product
from ui.ruler import Point, scale, svg

T0 = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
# Krow's own plan: K78 to K85.
KROW = [0, 5, 15, 30, 45, 60, 120, 1440]


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("planned", "real", "now", "end", "status", "text"),
    [
        (0, 0, 1, "", "on_time", "on time"),
        (5, 5.9, 9, "", "on_time", "on time"),
        (5, 4.1, 9, "", "on_time", "on time"),
        (5, 6, 9, "", "late", "1 min late"),
        (5, 3, 9, "", "early", "2 min early"),
        (15, 17.5, 18, "", "late", "2 min 30 s late"),
        (30, None, 18, "", "planned", "in 12 min"),
        (30, None, 30, "", "planned", "in 0 s"),
        (30, None, 41, "", "missed", "not yet, 11 min late"),
        (1440, None, 60, "", "planned", "in 23 h"),
        # K85: a plan in days is kept within the hour.
        (1440, None, 1480, "", "planned", "now"),
        (1440, None, 1520, "", "missed", "not yet, 1 h 20 min late"),
        (1440, 1485, 1490, "", "on_time", "on time"),
        (1440, 1501, 1510, "", "late", "1 h 01 min late"),
        (30, None, 41, "resolved", "not_needed", "not needed"),
        (30, None, 41, "exit", "not_needed", "not needed"),
        (30, 31, 41, "resolved", "late", "1 min late"),
        (30, 29.5, 41, "exit", "on_time", "on time"),
    ],
)
def test_a_mark_says_how_it_stands(
    planned: int, real: float | None, now: float, end: End, status: str, text: str
) -> None:
    shown = ruler(
        [Planned(planned * 60, "Merged")],
        [None if real is None else at(real)],
        at(now),
        detected_at=T0,
        ended_at=at(40) if end else None,
        end=end,
    )
    assert [(mark.status, mark.text) for mark in shown.marks] == [(status, text)]


@pytest.mark.parametrize(("end", "status"), [("resolved", "planned"), ("exit", "not_needed")])
def test_a_message_of_the_next_day_is_still_to_come_after_resolving(end: End, status: str) -> None:
    """K85."""
    plan = [Planned(86_400, "Follow-up sent", later=True)]
    shown = ruler(plan, [None], at(130), detected_at=T0, ended_at=at(120), end=end)
    assert shown.marks[0].status == status
    assert (shown.now is None) is (end == "exit")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "T-0"), (30, "T+30 s"), (300, "T+5 min"), (7200, "T+120 min"), (9000, "T+150 min"), (14_400, "T+4 h"),
        (86_400, "T+1 day"), (93_600, "T+26 h"), (172_800, "T+2 days"),
    ],
)  # fmt: skip
def test_offsets_read_as_the_process_writes_them(seconds: int, text: str) -> None:
    assert offset_text(seconds) == text


@pytest.mark.parametrize(
    ("elapsed_h", "over", "band", "text"),
    [
        (1, False, (7200, 14_400), "1 h so far, planned 2–4 h"),
        (5, False, (7200, 14_400), "5 h so far, planned 2–4 h: 1 h late"),
        (3, True, (7200, 14_400), "Took 3 h, planned 2–4 h: as planned"),
        (1, True, (7200, 14_400), "Took 1 h, planned 2–4 h: faster than planned"),
        (4, True, (7200, 14_400), "Took 4 h, planned 2–4 h: as planned"),
        (5, True, (None, 14_400), "Took 5 h, planned up to 4 h: 1 h late"),
        (3, True, (5400, 14_400), "Took 3 h, planned 1 h 30 min to 4 h: as planned"),
        (3, True, (None, None), "Took 3 h"),
    ],
)
def test_the_total_is_held_against_its_band(
    elapsed_h: int, over: bool, band: tuple[int | None, int | None], text: str
) -> None:
    """K86."""
    assert Total(elapsed_h * 3600, over, *band).text == text


def test_a_phone_gets_the_last_late_one_the_next_and_the_one_after() -> None:
    plan = [Planned(minutes * 60, f"at {minutes}") for minutes in KROW]
    real = [at(0), at(9), at(17), None, None, None, None, None]
    shown = ruler(plan, real, at(33), detected_at=T0)
    assert [(mark.plan.label, mark.status) for mark in shown.three] == [
        ("at 15", "late"), ("at 30", "missed"), ("at 45", "planned"),
    ]  # fmt: skip


def test_planned_moments_pass_the_change_of_the_clocks_by_spans() -> None:
    """01:00 UTC is when Europe's clocks change: 60 minutes after detection stay 60 minutes."""
    shown = ruler([Planned(3600, "Smoke")], [None], at(30), detected_at=T0)
    assert shown.marks[0].planned_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_scale_breaks_where_a_gap_is_much_longer_and_keeps_the_order() -> None:
    measure = scale([minutes * 60 for minutes in KROW], 18 * 60)
    assert [piece.broken for piece in measure.pieces] == [False] * 5 + [True, True]
    places = [measure.x(minutes * 60) for minutes in KROW]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (22.0, 694.0)
    # Within the linear part a minute is as wide everywhere.
    assert places[2] - places[1] == pytest.approx(2 * (places[1] - places[0]), abs=0.2)


@pytest.mark.parametrize("reach", [0, 60, 3600, 90_000, 10_000_000])
@pytest.mark.parametrize("planned", [[], [0], [0, 1], [0, 60, 61], [86_400], list(range(0, 2400, 60))])
def test_any_plan_fits_on_the_paper(planned: list[float], reach: float) -> None:
    measure = scale(planned, reach)
    assert all(22 <= measure.x(seconds) <= 694 for seconds in [*planned, reach])


def test_the_drawing_has_no_inline_style_and_says_in_words_what_it_shows() -> None:
    points = [
        Point(0, "T-0", "T-0 Detected: on time", 0, "good"),
        Point(300, "T+5", "<Branch> late", 400, "late"),
    ]
    drawn = svg(points, "1 of 2 late", now_s=500, total_s=500)
    image = ElementTree.fromstring(drawn)
    assert (image.get("role"), image.get("aria-label")) == ("img", "1 of 2 late")
    assert "style" not in drawn
    assert [title.text for title in image.iter("title")].count("<Branch> late") == 2


def test_krows_ruler_reads_the_timeline(incident: Incident, ada: User) -> None:
    """K78–K86 as the process has them, the limit of 30 minutes from approval among them (C2)."""
    shown = read(incident, moment.now())
    assert shown is not None
    assert [(mark.offset, mark.plan.label) for mark in shown.marks] == [
        ("T-0", "Detected"), ("T-0", "Reported"),
        ("T+5 min", "Severity assessed"), ("T+5 min", "Branch created"),
        ("T+15 min", "Fix in place"), ("T+15 min", "Review started"),
        ("T+30 min", "Approved"), ("T+30 min", "Merged"), ("T+30 min", "Tagged"),
        ("T+45 min", "Deployed"), ("T+60 min", "Smoke tests passed"), ("T+60 min", "Watch begun"),
        ("T+120 min", "Emergency resolved"), ("T+120 min", "Users told"), ("T+1 day", "Follow-up sent"),
    ]  # fmt: skip
    assert shown.total.band == "2–4 h"
    lifecycle.perform(incident, Step("approved", OPEN), by=ada)
    again = read(incident, moment.now())
    assert again is not None
    limit = next(mark for mark in again.marks if mark.plan.limit)
    assert (limit.plan.label, limit.status) == ("Limit: Deploy after approval", "planned")
    approved = next(mark for mark in again.marks if mark.plan.label == "Approved")
    assert approved.real_at is not None
    assert limit.planned_at - approved.real_at == pytest.approx(
        timedelta(minutes=30), abs=timedelta(seconds=1)
    )


def test_a_corrected_time_moves_its_mark_and_a_reopening_takes_the_end_back(
    product: Product, ada: User
) -> None:
    now = moment.now()
    incident = declare(product, by=ada, title="Slow", detected_at=now - timedelta(minutes=20))
    event = lifecycle.perform(incident, Step("branch_seen", OPEN), by=ada)
    correct(event, by=ada, reason="It was there before", occurred_at=now - timedelta(minutes=15))
    transitions.resolve(incident, by=ada)
    transitions.reopen(incident, by=ada, reason="Not over")
    shown = read(incident, moment.now())
    assert shown is not None
    found = {mark.plan.label: mark for mark in shown.marks}
    assert found["Branch created"].status == "on_time"
    assert found["Emergency resolved"].real_at is None
    assert (shown.total.over, found["Fix in place"].status) == (False, "missed")


def test_a_process_without_marks_has_no_ruler(ada: User) -> None:
    archy = make_product(process="archy", name="Archy")
    assert read(declare(archy, by=ada, title="Slow"), moment.now()) is None


def test_the_branch_mark_takes_its_earliest_evidence(product: Product, ada: User) -> None:
    """A tick that it was cut from the tag counts before anybody has decided."""
    incident = declare(product, by=ada, title="x", severity=product.severities().first())
    box = incident.checklist.get(check_key="cut_from_tag")

    def real() -> datetime | None:
        shown = read(Incident.objects.get(pk=incident.pk), moment.now())
        assert shown
        return next(mark.real_at for mark in shown.marks if mark.plan.label == "Branch created")

    assert real() is None
    event = attest(incident, box.position, by=ada)
    assert real() == event.occurred_at
    report(incident, "hotfix_started", by=ada)
    assert real() == event.occurred_at


def test_a_decision_makes_no_branch(product: Product, ada: User) -> None:
    """K79: the hotfix begins with the decision. A branch is there once it is seen, or a fix was pushed to it."""
    incident = declare(product, by=ada, title="x", severity=product.severities().first())

    def real() -> datetime | None:
        shown = read(Incident.objects.get(pk=incident.pk), moment.now())
        assert shown
        return next(mark.real_at for mark in shown.marks if mark.plan.label == "Branch created")

    report(incident, "hotfix_started", by=ada)
    assert real() is None
    pushed = report(incident, "fix_pushed", by=ada)
    assert real() == pushed.occurred_at
