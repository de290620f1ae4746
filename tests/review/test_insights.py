"""Insights: figures that one can work out by hand, of what happened and nothing else."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.models import Hotfix, Rollback
from incidents.lifecycle import exits, transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from incidents.timeline.corrections import correct
from incidents.timeline.story import story
from products.models import Deployment, Product, RoleHolder
from review.action_items import add_action, finish_action
from review.figures import durations
from review.insights.asked import Asked
from review.insights.attainment import attainment
from review.insights.behind import behind
from review.insights.read import read
from tests.factories import join, make_product, make_team, make_user

MINUTE = timedelta(minutes=1)
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True)
class House:
    """Five incidents of one severity, a day apart, the first ten days ago. Ada responds, Ben is her teammate."""

    product: Product
    ada: User
    ben: User
    began: datetime
    incidents: list[Incident]


@pytest.fixture(scope="module")
def house(undone: None) -> House:
    product = make_product()
    ada, ben = make_user("ada@example.test"), make_user("ben@example.test")
    join(ada, product.team, Role.ADMIN)
    join(ben, product.team)
    RoleHolder.objects.create(product=product, role="product_owner", user=ada, position=1)
    began = moment.now() - timedelta(days=10)
    made = House(product, ada, ben, began, [])
    for n in range(5):
        one = begin(made, n)
        transitions.acknowledge(one, by=ada, at=one.detected_at + (5 + n) * MINUTE)
        transitions.resolve(one, by=ada, at=one.detected_at + (60 + 10 * n) * MINUTE)
        made.incidents.append(one)
    return made


@pytest.fixture(autouse=True)
def each(house: House, db: None) -> None:
    """Each test undoes what it did to the house."""


def begin(house: House, day: int, severity: str = "CRITICAL", **facts: Any) -> Incident:
    detected = house.began + timedelta(days=day)
    made = declare(
        house.product,
        by=house.ada,
        title=f"Number {day}",
        severity=house.product.severities().get(key=severity),
        detected_at=detected,
        at=detected + 2 * MINUTE,
        **facts,
    )
    return Incident.objects.for_page().get(pk=made.pk)


def asked(house: House, **more: Any) -> Asked:
    first = house.began.date()
    return Asked(**{"first": first, "last": first + timedelta(days=10), "zone": UTC_ZONE, **more})


def figures(house: House, reader: User | None = None, **more: Any) -> dict[str, Any]:
    rows = Incident.objects.visible_to(reader or house.ada)
    return read(asked(house, **more), rows, moment.now())


def time_of(found: dict[str, Any], key: str, group: int = 0) -> tuple[int, Any, Any, Any]:
    one = next(each for each in found["groups"][group]["times"] if each["key"] == key)
    return one["n"], one["median_s"], one["p85_s"], one["longest_s"]


def clock_of(found: dict[str, Any], key: str) -> dict[str, Any]:
    """What is not 0 of it."""
    one = next(each for each in found["groups"][0]["clocks"] if each["key"] == key)
    return {name: value for name, value in one.items() if value and name not in ("key", "label", "kind")}


def test_times_run_from_the_detection(house: House) -> None:
    found = figures(house)
    assert {key: time_of(found, key) for key in ("declared", "acknowledged", "decided", "resolved")} == {
        "declared": (5, 120, None, 120),
        "acknowledged": (5, 420, None, 540),
        "decided": (0, None, None, None),
        "resolved": (5, 4800, None, 6000),
    }
    group = found["groups"][0]
    assert (group["process"], group["severity"], group["n"], group["reopened"]) == ("krow", "CRITICAL", 5, 0)


def test_a_moment_counts_as_it_was_corrected_and_since_the_last_reopening(house: House) -> None:
    moved, again = begin(house, 6), begin(house, 7)
    for one in (moved, again):
        transitions.mitigate(one, by=house.ada, at=one.detected_at + 20 * MINUTE)
        transitions.resolve(one, by=house.ada, at=one.detected_at + 200 * MINUTE)
    told = moved.events.get(kind="mitigated")
    wrong = correct(told, by=house.ada, reason="Later", occurred_at=moved.detected_at + 30 * MINUTE)
    correct(wrong, by=house.ada, reason="Later still", occurred_at=moved.detected_at + 40 * MINUTE)
    transitions.reopen(again, by=house.ada, reason="It is back")
    over = moved.events.get(kind="resolved")
    correct(over, by=house.ada, reason="Later", occurred_at=moved.detected_at + 300 * MINUTE)
    found = figures(house)
    assert time_of(found, "mitigated") == (1, None, None, 2400)
    assert time_of(found, "resolved") == (6, 5100, None, 18_000)
    assert found["groups"][0]["reopened"] == 1
    moved.refresh_from_db()
    spans = {one["key"]: one["seconds"] for one in durations(moved, story(moved))}
    assert (spans["mitigated"], spans["resolved"]) == (2400, 18_000)  # what its report says


def test_what_was_nothing_or_another_one_and_what_was_no_real_one_is_not_counted(house: House) -> None:
    nothing, another, drill = begin(house, 6), begin(house, 6), begin(house, 6, mode="drill")
    begin(house, 6, mode="retrospective")
    for one in (nothing, another, drill):
        transitions.acknowledge(one, by=house.ada, at=one.detected_at + 5 * MINUTE)
    exits.decline(nothing, by=house.ada, reason="A false alarm")
    exits.mark_duplicate(another, by=house.ada, of=begin(house, 7))
    found = figures(house)
    assert (found["n"], time_of(found, "declared")[0], clock_of(found, "acknowledged")["met"]) == (6, 6, 5)
    assert found["by_mode"] == {"live": 8, "drill": 1, "retrospective": 1}
    counts = {status: n for status, n in found["by_status"].items() if n}
    assert counts == {"resolved": 5, "active": 1, "declined": 1, "duplicate": 1}


def test_severities_are_never_merged(house: House) -> None:
    other = make_product(name="Archipelago", process="archy")
    high = declare(other, by=house.ada, title="P1", severity=other.severities().get(key="P1"), at=house.began)
    begin(house, 6, severity="HIGH")
    found = figures(house)
    assert [(one["process"], one["severity"], one["n"]) for one in found["groups"]] == [
        ("archy", "P1", 1), ("krow", "CRITICAL", 5), ("krow", "HIGH", 1),
    ]  # fmt: skip
    assert [one["n"] for one in figures(house, severity="HIGH")["groups"]] == [1]
    assert [one["process"] for one in figures(house, product=high.product)["groups"]] == ["archy"]
    assert [one["process"] for one in figures(house, process="archy")["groups"]] == ["archy"]


def test_clocks_are_kept_or_not_and_a_waiver_hides_no_breach(house: House) -> None:
    """Krow asks to acknowledge a critical one within 10 minutes; all five were."""
    assert clock_of(figures(house), "acknowledged") == {"n": 5, "percent": 100.0, "met": 5}
    late, waived, open_one = begin(house, 6), begin(house, 7), begin(house, 7)
    transitions.acknowledge(late, by=house.ada, at=late.detected_at + 16 * MINUTE)
    clocks = {one.pk: one.clocks.get(key="acknowledged") for one in (late, waived, open_one)}
    clocks[waived.pk].waived_at = waived.detected_at + 3 * MINUTE
    clocks[waived.pk].save()
    clocks[open_one.pk].due_at = moment.now() + MINUTE
    clocks[open_one.pk].save()
    wanted = {"n": 6, "percent": 83.3, "met": 5, "breached": 1, "waived": 1, "running": 1}
    assert clock_of(figures(house), "acknowledged") == wanted
    clocks[waived.pk].breached_at = waived.detected_at + 2 * MINUTE
    clocks[waived.pk].save()
    assert clock_of(figures(house), "acknowledged")["breached"] == 2


def test_decisions_and_how_they_turned_out(house: House) -> None:
    one, other = begin(house, 6), begin(house, 7)
    decide(one, by=house.ada, choice="mitigate", reason="First")
    decide(one, by=house.ada, choice="hotfix", reason="Then", instead_of=1)
    decide(other, by=house.ada, choice="hotfix", reason="A line")
    transitions.resolve(other, by=house.ada)
    transitions.reopen(other, by=house.ada, reason="Again")
    found = figures(house)
    counts = {row["choice"]: (row["n"], row["replaced"], row["reopened"]) for row in found["decisions"]}
    assert counts == {"mitigate": (1, 1, 0), "hotfix": (2, 0, 1), "rollback": (0, 0, 0), "defer": (0, 0, 0)}
    assert time_of(found, "decided")[0] == 1  # the reopening took the other one back


def test_remedies_are_timed_as_the_decision_card_has_it(house: House) -> None:
    place = house.product.environments.get(kind="production")
    for n, one in enumerate(house.incidents):
        hotfix = Hotfix.objects.create(
            number=100 + n, incident=one, product=house.product, policy={}, called="x", started_at=one.detected_at,
            status="released" if n else "open", taken_back_at=one.detected_at if n == 1 else None,
        )  # fmt: skip
        for ref, minutes in ((hotfix.ref, 90), (hotfix.ref, 30 + n), ("HF-99", 1)):  # the first time counts
            Deployment.objects.create(
                product=house.product, environment=place, version="2", hotfix=ref, status="succeeded",
                source="api", at=one.detected_at + minutes * MINUTE,
            )  # fmt: skip
    Rollback.objects.create(
        number=100, incident=one, product=house.product, started_at=one.detected_at, status="done",
        back_at=one.detected_at + 9 * MINUTE,
    )  # fmt: skip
    found = figures(house)
    assert time_of(found, "hotfix") == (5, 32 * 60, None, 34 * 60)
    assert time_of(found, "rollback") == (1, None, None, 540)
    assert found["hotfixes"] == {"n": 5, "open": 1, "released": 3, "abandoned": 0, "taken_back": 1}
    assert found["rollbacks"] == {"n": 1, "open": 0, "done": 1, "abandoned": 0}


def test_action_items_that_are_late_are_open_too(house: House) -> None:
    due = moment.now().date() - timedelta(days=1)
    items = [
        add_action(house.incidents[n], by=house.ada, text="A test", kind="test", owner=house.ada, due=due)
        for n in range(3)
    ]
    finish_action(items[0], by=house.ada)
    items[1].due = due + timedelta(days=9)
    items[1].save()
    assert figures(house)["actions"] == {"n": 3, "open": 2, "done": 1, "dropped": 0, "overdue": 1}


def test_days_are_whole_in_their_zone_also_where_clocks_change(house: House) -> None:
    berlin = Asked(date(2026, 3, 29), date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert (berlin.since, berlin.until) == (
        datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC),
    )  # fmt: skip
    one = house.incidents[0]
    for at, counts in (
        (berlin.since - timedelta(microseconds=1), 0),
        (berlin.since, 1),
        (berlin.until - timedelta(microseconds=1), 1),
        (berlin.until, 0),
    ):
        Incident.objects.filter(pk=one.pk).update(detected_at=at, declared_at=at)
        assert read(berlin, Incident.objects.all(), moment.now())["n"] == counts, at


def test_nobody_counts_what_they_may_not_see(house: House) -> None:
    begin(house, 6, private=True)
    stranger = make_user("eve@example.test")
    join(stranger, make_team("others"))
    assert [figures(house, reader)["n"] for reader in (house.ada, house.ben, stranger)] == [6, 5, 0]
    every = Incident.objects.visible_to(house.ben)
    behind_it = behind("status", asked(house), every, moment.now())
    assert behind_it is not None
    assert (behind_it.n, "Number 6" in {line.incident.title for line in behind_it.lines}) == (5, False)


@pytest.mark.parametrize(
    ("what", "title", "words"),
    [
        ("status", "Counted", ["Resolved"] * 5),
        ("status.resolved", "Resolved", ["Resolved"] * 5),
        ("status.active", "Active", []),
        ("mode.drill", "Drill", []),
        ("reopened", "Opened again", []),
        ("time.acknowledged", "Acknowledged", ["9 min", "8 min", "7 min", "6 min", "5 min"]),
        ("clock.acknowledged.met", "Acknowledge: met", [f"{n} min, limit < 10 min" for n in (9, 8, 7, 6, 5)]),
        ("decision.hotfix.reopened", "Hotfix: opened again after it", []),
        ("hotfix.taken_back", "Hotfixes: taken back", []),
        ("rollback.done", "Rollbacks: done", []),
        ("action.overdue", "Action items: overdue", []),
    ],
)  # fmt: skip
def test_each_figure_leads_to_its_incidents(house: House, what: str, title: str, words: list[str]) -> None:
    found = behind(what, asked(house), Incident.objects.visible_to(house.ada), moment.now())
    assert found is not None
    assert (found.title, found.n, [line.words for line in found.lines]) == (title, len(words), words)


@pytest.mark.parametrize(
    "what",
    ["", "x", "status.x", "time", "time.x", "clock.x.y", "decision.x", "action.x.y.z", "hotfix.open.z.z"],
)
def test_what_is_no_figure_leads_nowhere(house: House, what: str) -> None:
    assert behind(what, asked(house), Incident.objects.visible_to(house.ada), moment.now()) is None


def test_what_came_after_the_first_look_breaks_nothing(house: House) -> None:
    """Each statement sees what is there by then."""
    assert attainment({}, Incident.objects.all(), moment.now()) == {}


def test_a_list_says_how_many_there_are_and_shows_the_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.insights.behind.MOST", 2)
    for what in ("status", "time.resolved", "clock.acknowledged.met"):
        found = behind(what, asked(house), Incident.objects.visible_to(house.ada), moment.now())
        assert found is not None
        assert (found.n, [line.incident for line in found.lines]) == (5, house.incidents[:2:-1]), what


def test_many_cost_as_many_statements_as_few(house: House) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            figures(house)
        return len(seen)

    decide(begin(house, 6), by=house.ada, choice="hotfix", reason="A line")
    few = statements()
    begin(house, 6, severity="HIGH")
    decide(begin(house, 7), by=house.ada, choice="hotfix", reason="A line")
    assert (statements(), few) == (few, 15)
