"""Made-up scenes for screenshots and for looking at pages.

Each has a team and a person of its own, so that one database holds all.
A scene is built by the verbs, in the past where a page needs a story. Names and figures are invented.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from foundation import moment
from incidents.lifecycle import sweep
from incidents.lifecycle import transitions as do
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from monitoring.models import Target
from products.models import Product
from tests import scenes_of_remedies as remedies
from tests.stage import Stage, ago, change, down, house, mate, watched


def _open(
    product: Product, by: User | None, title: str, severity: str, at: datetime, **facts: Any
) -> Incident:
    chosen = product.severities().get(key=severity)
    return declare(
        product, by=by, title=title, severity=chosen if by else None, detected_at=at, at=at, **facts
    )


def now_0() -> Stage:
    person, (staff, web, _) = house("calm", "Staff Mobile", "Web shop", "Payments API")
    for product, name in ((staff, "sign-in"), (staff, "shifts-api"), (web, "shop"), (web, "search")):
        watched(product, name)
    start = ago(moment.now(), days=3, hours=2)
    old = _open(web, person, "Search answers slowly in the evening", "HIGH", start)
    do.acknowledge(old, by=person, at=start + timedelta(minutes=4))
    do.resolve(old, by=person, at=start + timedelta(hours=1, minutes=12), text="Index rebuilt.")
    return Stage(person, "/")


def now_1() -> Stage:
    person, (staff, _) = house("one", "Staff Mobile", "Web shop")
    start = ago(moment.now(), minutes=4, seconds=10)
    target = watched(staff, "sign-in")
    incident = _open(
        staff, None, "sign-in is down", "CRITICAL", start, target=target, label="sign-in", source="monitor"
    )
    down(target, start, incident.ref)
    return Stage(person, "/")


TITLES = (
    ("Sign-in fails for all staff", "CRITICAL", 9),
    ("Shift plan shows last week", "HIGH", 34),
    ("Checkout rejects every second card", "CRITICAL", 51),
    ("Push messages arrive an hour late", "HIGH", 80),
    ("Search finds nothing with an umlaut", "MEDIUM", 95),
    ("Photos of receipts are rotated", "MEDIUM", 130),
    ("Export to payroll stops after 500 rows", "HIGH", 190),
    ("Two people see each other's shifts", "CRITICAL", 22),
    ("Map is blank on older phones", "MEDIUM", 260),
    ("Reset mail goes to spam", "HIGH", 300),
    ("Prices without tax in the basket", "HIGH", 41),
    ("Dark mode hides the save button", "MEDIUM", 600),
)


def _twelve(slug: str) -> User:
    person, products = house(slug, "Staff Mobile", "Web shop", "Payments API")
    kim, now = mate(person, "Kim Lund", slug), moment.now()
    for number, (title, severity, minutes) in enumerate(TITLES):
        start = ago(now, minutes=minutes)
        incident = _open(products[number % 3], person, title, severity, start)
        if number % 3:
            do.acknowledge(incident, by=kim, at=start + timedelta(minutes=3))
        if number % 3 == 2:
            do.assign(incident, by=kim, user=kim, at=start + timedelta(minutes=6))
    sweep.breach_due()
    return person


def now_12() -> Stage:
    return Stage(_twelve("twelve"), "/")


def now_stale() -> Stage:
    return Stage(now_of("stale"), "/", lost=True)


def now_of(slug: str) -> User:
    person, (staff, _) = house(slug, "Staff Mobile", "Web shop")
    _open(staff, person, "Sign-in fails for all staff", "CRITICAL", ago(moment.now(), minutes=7))
    return person


def declare_form() -> Stage:
    person, (staff, _, _) = house("declare", "Staff Mobile", "Web shop", "Payments API")
    _open(staff, person, "Push messages arrive an hour late", "HIGH", ago(moment.now(), minutes=40))
    return Stage(person, "/declare/", typing="Sign-in fails for all staff")


def _story(slug: str, minutes: float) -> tuple[User, Incident]:
    """An outage with people's words, corrections and machine lines."""
    person, (staff, _) = house(slug, "Staff Mobile", "Web shop")
    kim, sam = mate(person, "Kim Lund", slug), mate(person, "Sam Ito", slug)
    start = ago(moment.now(), minutes=minutes)

    def at(m: float) -> datetime:
        return start + timedelta(minutes=m)

    target = watched(staff, "sign-in")
    incident = _open(
        staff,
        kim,
        "Sign-in fails for all staff",
        "CRITICAL",
        start,
        target=target,
        affected_version="0.1.0",
        impact="Nobody can **start a shift**; those signed in go on working.",
        users_affected=1240,
        users_source="sign-ins, rising",
    )
    down(target, at(0.2), incident.ref)
    do.acknowledge(incident, by=person, at=at(3.2))
    do.assign(incident, by=person, user=person, at=at(3.6))
    do.note(
        incident,
        by=kim,
        text="Null site in the shift, since the 01:40 import. The guard is a one-line change.",
        at=at(6),
    )
    do.note(
        incident,
        by=sam,
        text="Tried:\n\n- restart of `auth-2`: no change\n- sign-in with an old app: works\n\n"
        "So it is the new response shape.",
        at=at(9.5),
    )
    do.describe(incident, by=person, users_affected=1310, workaround="Sign in with the web app", at=at(11))
    do.note(incident, by=sam, text="Rollout stopped at 40 %.", at=at(14))
    return person, incident


def incident_open() -> Stage:
    person, incident = _story("open", 18.3)
    return Stage(person, incident.get_absolute_url())


def incident_breached() -> Stage:
    person, incident = _story("breached", 83)
    sweep.breach_due()
    return Stage(person, incident.get_absolute_url())


def incident_resolved() -> Stage:
    person, incident = _story("resolved", 75)
    now = moment.now()
    do.mitigate(
        incident, by=person, text="Sign-in works again with the old response shape.", at=ago(now, minutes=38)
    )
    assert incident.target
    change(incident.target, "up", ago(now, minutes=36), outcome=incident.ref)
    do.resolve(
        incident,
        by=person,
        text="0.1.1 is out to everybody, no failed sign-in for 30 minutes.",
        at=ago(now, minutes=4),
    )
    return Stage(person, incident.get_absolute_url())


def board_empty() -> Stage:
    return Stage(house("nothing", "Staff Mobile")[0], "/monitoring/")


def _board(slug: str) -> tuple[User, list[Target]]:
    person, (staff, web) = house(slug, "Staff Mobile", "Web shop")
    names = ((staff, "sign-in"), (staff, "shifts-api"), (web, "shop"), (web, "search"))
    return person, [watched(product, name) for product, name in names]


def board_quiet() -> Stage:
    return Stage(_board("quiet")[0], "/monitoring/")


def board_down() -> Stage:
    person, targets = _board("down")
    down(targets[1], ago(moment.now(), minutes=18), "INC-2")
    change(
        targets[3],
        "degraded",
        ago(moment.now(), hours=1, minutes=5),
        "answers in 2.4 s, slower than 1 s",
        "slow",
    )
    return Stage(person, "/monitoring/")


def monitor() -> Stage:
    person, targets = _board("monitor")
    now = moment.now()
    target = targets[0]
    down(target, ago(now, hours=6, minutes=10), "INC-2")
    change(target, "up", ago(now, hours=5, minutes=2))
    change(target, "degraded", ago(now, hours=2, minutes=30), "answers in 2.4 s, slower than 1 s", "slow")
    change(target, "up", ago(now, hours=1, minutes=50))
    down(target, ago(now, minutes=18), "INC-4")
    return Stage(person, target.monitor.get_absolute_url())


SCENES: dict[str, Callable[[], Stage]] = {
    "now-0": now_0,
    "now-1": now_1,
    "now-12": now_12,
    "now-stale": now_stale,
    "declare": declare_form,
    "incident-open": incident_open,
    "incident-breached": incident_breached,
    "incident-resolved": incident_resolved,
    "decision": lambda: remedies.decision(_story("decision", 18.3)),
    "rollback": lambda: remedies.rollback(_story("rollback", 26.3)),
    "watch": lambda: remedies.watch(_story("watch", 96)),
    "board-empty": board_empty,
    "board-quiet": board_quiet,
    "board-down": board_down,
    "monitor": monitor,
}
