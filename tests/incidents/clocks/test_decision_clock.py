"""The decision has ten minutes, a house time: it begins when a decision is asked for, and ends with it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from config.environment.mailers import mailers
from hotfixes.decision.decide import decide
from incidents.lifecycle import exits, lifecycle, sweep, transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import Step
from incidents.models import Clock, Incident, Status
from incidents.roles import roles
from incidents.simulation.stage import Stage, stage
from notifications.models import Delivery
from products import role_holders
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.incidents.rungs import NIGHT, play, told
from tests.reading import tight
from tests.signing import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]
ANY = tuple(Status)
VERBS: dict[str, Any] = {
    "resolve": transitions.resolve, "mitigate": transitions.mitigate, "decline": exits.decline,
}  # fmt: skip


@pytest.fixture
def clock(product: Product, settings: Settings) -> Iterator[Stage]:
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    settings.MAILERS = mailers(settings.MAIL_URL)
    with stage(NIGHT) as clock:
        yield clock


@pytest.fixture
def owners(product: Product, ada: User) -> list[User]:
    """Paula decides, Otto stands in: both are listed as Product Owner."""
    found = [make_user("paula@example.test"), make_user("otto@example.test")]
    for one in found:
        join(one, product.team, "viewer")
        role_holders.list_for_role(product, role="product_owner", user=one, by=ada)
    return found


def declared(product: Product, by: User | None, severity: str = "CRITICAL") -> Incident:
    chosen = product.severities().get(key=severity)
    return declare(product, by=by, title="Sign-in fails", severity=chosen)


def runs(incident: Incident) -> list[tuple[int, str, str]]:
    rows = Clock.objects.filter(incident=incident, key="decision").order_by("cycle")
    return [(row.cycle, row.start, row.reading(row.started_at).state if not row.run.ended_at else "ended")
            for row in rows]  # fmt: skip


def happens(incident: Incident, kind: str, by: User | None = None) -> None:
    lifecycle.perform(incident, Step(kind, ANY), by=by)


@pytest.mark.parametrize(("key", "severity"), [("krow", "HIGH"), ("archy", "P1")])
def test_both_sources_have_it_as_a_house_clock_of_ten_minutes(ada: User, key: str, severity: str) -> None:
    """C16: nothing of it is in the written sources."""
    product = make_product(name=key, process=key)
    rule = next(one for one in product.process.current.clocks() if one.key == "decision")  # type: ignore[union-attr]
    assert (rule.kind, rule.origin, rule.again) == (
        "target", "house", ("smoke_failed", "watch_failed", "reopened"),
    )  # fmt: skip
    row = declared(product, ada, severity).clocks.get(key="decision")
    assert (row.target_s, row.target, row.start) == (600, "< 10 min", "severity_confirmed")


def test_it_begins_once_the_severity_is_beyond_doubt(product: Product, ada: User, clock: Stage) -> None:
    """Declared with one, confirmed, or changed in triage; not sure begins nothing."""
    assert runs(declared(product, ada)) == [(1, "severity_confirmed", "running")]
    unsure = declared(product, None)
    assert runs(unsure) == []
    clock.set(NIGHT + timedelta(minutes=7))
    transitions.confirm_severity(unsure, by=ada)
    assert unsure.clocks.get(key="decision").started_at == clock.now
    changed = declared(product, None)
    high = product.severities().get(key="HIGH")
    transitions.change_severity(changed, by=ada, severity=high, reason="Only some")
    row = changed.clocks.get(key="decision")
    assert (row.severity, row.limits_before, row.cycle) == ("HIGH", [], 1)


def test_what_is_planned_for_a_release_asks_for_none_until_it_is_raised(
    product: Product, ada: User, clock: Stage
) -> None:
    incident = declared(product, ada, "MEDIUM")
    assert runs(incident) == []
    clock.set(NIGHT + timedelta(hours=2))
    worse = product.severities().get(key="CRITICAL")
    transitions.change_severity(incident, by=ada, severity=worse, reason="All of them")
    row = incident.clocks.get(key="decision")
    assert (row.started_at, row.due_at) == (clock.now, clock.now + timedelta(minutes=10))


def test_deciding_ends_it_and_nothing_but_a_setback_begins_it_anew(
    product: Product, ada: User, owners: list[User]
) -> None:
    incident = declared(product, ada)
    decide(incident, by=owners[0], choice="hotfix", reason="Quick to mend")
    assert runs(incident) == [(1, "severity_confirmed", "ended")]
    high = product.severities().get(key="HIGH")
    transitions.change_severity(incident, by=ada, severity=high, reason="Only some")
    assert len(runs(incident)) == 1
    for kind in ("deployed", "smoke_failed"):
        happens(incident, kind, ada)
    assert runs(incident)[1:] == [(2, "smoke_failed", "running")]
    happens(incident, "rollback_started", ada)
    assert [state for _cycle, _start, state in runs(incident)] == ["ended", "ended"]
    transitions.resolve(incident, by=ada)
    transitions.reopen(incident, by=ada, reason="It is back")
    assert runs(incident)[2:] == [(3, "reopened", "running")]


@pytest.mark.parametrize("kind", ["hotfix_started", "rollback_started", "mitigated", "resolved", "declined"])
def test_whatever_makes_it_needless_ends_it(product: Product, ada: User, kind: str) -> None:
    incident = declared(product, ada)
    happens(incident, kind, ada)
    assert runs(incident)[0][2] == "ended"


def test_a_remedy_begun_before_the_severity_was_confirmed_needs_no_decision(
    product: Product, ada: User
) -> None:
    incident = declared(product, None)
    happens(incident, "hotfix_started", ada)
    transitions.confirm_severity(incident, by=ada)
    assert runs(incident) == []


def test_the_owner_is_reminded_and_at_the_end_the_deputy_is_asked_with_the_way_there(
    product: Product, ada: User, owners: list[User], clock: Stage
) -> None:
    """K138: at 75 and 90 % and at the end; the miss itself is only shown to the others."""
    incident = declared(product, ada)
    transitions.acknowledge(incident, by=ada)
    play(incident, clock, until=12)
    assert told(incident, "warned", "nearly", "undecided", "breached") == [
        (7.5, "warned", "Paula (Product Owner)"),
        (9.0, "nearly", "Paula (Product Owner)"),
        (9.0, "nearly", "Otto (deputy Product Owner)"),
        (10.0, "undecided", "Otto (deputy Product Owner)"),
    ]
    row = Delivery.objects.get(key="undecided", route="email")
    assert row.body.splitlines()[0] == (
        "Paula (Product Owner) has not decided for 10 min. You may: hotfix or rollback?"
    )
    assert (row.path, row.subject.split(": ")[1]) == (f"/decisions/{incident.ref}/", "nobody has decided")
    decide(incident, by=owners[1], choice="rollback", option="halt_rollout", reason="Paula sleeps")
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_whoever_took_the_role_decides_alone_among_stand_ins_so_only_who_may_is_asked(
    product: Product, ada: User, owners: list[User], clock: Stage
) -> None:
    """Otto has it: then Paula, who is listed too, is the one who may decide instead."""
    incident = declared(product, ada)
    transitions.acknowledge(incident, by=ada)
    roles.claim(incident, "product_owner", by=owners[1])
    play(incident, clock, until=10)
    assert told(incident, "undecided") == [(10.0, "undecided", "Paula (deputy Product Owner)")]


def test_without_a_deputy_who_should_have_decided_is_asked_again_and_the_lead(
    product: Product, ada: User, ben: User, clock: Stage
) -> None:
    role_holders.list_for_role(product, role="product_owner", user=ben, by=ada)
    incident = declared(product, ada)
    transitions.acknowledge(incident, by=ada)
    roles.claim(incident, by=ada)
    play(incident, clock, until=10)
    assert told(incident, "undecided") == [
        (10.0, "undecided", "Ben (Product Owner)"), (10.0, "undecided", "Ada (Lead)"),
    ]  # fmt: skip


def test_a_miss_is_an_aim_missed_and_told_once(product: Product, ada: User, clock: Stage) -> None:
    incident = declared(product, ada)
    transitions.acknowledge(incident, by=ada)
    clock.set(NIGHT + timedelta(minutes=11))
    assert (sweep.breach_due(), sweep.breach_due()) == (1, 0)
    event = incident.events.get(kind="clock_breached")
    assert (event.data["key"], event.data["told"]) == ("decision", False)
    assert Delivery.objects.filter(key="undecided", route="email").count() == 1  # whoever responds


@pytest.mark.parametrize(
    ("verb", "facts", "page", "report"),
    [
        ("resolve", {}, "Not decided: resolved after", "nobody decided: resolved first"),
        ("mitigate", {"text": "Flag off"}, "Not decided: contained after", "nobody decided: contained first"),
        ("decline", {"reason": "A test"}, "Not decided: declined after", "nobody decided: declined first"),
        ("", {}, "Decided in", "kept"),
    ],
)
def test_where_nobody_decided_page_and_report_say_what_ended_it_instead(
    product: Product, ada: User, owners: list[User], verb: str, facts: dict[str, str], page: str, report: str
) -> None:
    incident = declared(product, ada)
    transitions.acknowledge(incident, by=ada)
    if verb:
        VERBS[verb](incident, by=ada, **facts)
    else:
        decide(incident, by=owners[0], choice="hotfix", reason="Quick to mend")
    client = sign_in(ada)
    labels = re.findall(r'clock-label">([^<]+)<', tight(client.get(incident.get_absolute_url()).text))
    assert [one for one in labels if "ecided" in one] == [page]
    story = f"{incident.get_absolute_url()}postmortem"
    told = tight(client.get(f"{story}/").text).split('id="clocks-title"')[1].split("</section>")[0]
    (said,) = re.findall(r"(?s)<span>Decide:\s.*?</summary>", told)
    assert (report in said, "kept" in said) == (True, report == "kept")
    in_markdown = "- **Decide**" + ("" if report == "kept" else f" {report}") + "\n"
    assert in_markdown in client.get(f"{story}.md").content.decode()
