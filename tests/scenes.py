"""Made-up scenes for screenshots and for looking at pages.

Each has a team and a person of its own, so that one database holds all.
A scene is built by the verbs, in the past where a page needs a story. Names and figures are invented.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from foundation import moment
from incidents import sweep
from incidents import transitions as do
from incidents.declare import declare
from incidents.models import Incident
from monitoring.models import Monitor, StatusChange, Target
from products.models import Product
from tests.factories import join, make_monitor, make_product, make_team, make_user


@dataclass(frozen=True)
class Stage:
    """Who looks, and where. `lost`: the stream is cut; `typing`: the phone's keyboard is open."""

    person: User
    path: str
    lost: bool = False
    typing: str = ""


def ago(now: datetime, **span: float) -> datetime:
    return now - timedelta(**span)


def _house(slug: str, *products: str) -> tuple[User, list[Product]]:
    """A manager alone in a team with `products`, each a name, by the process of Krow."""
    team = make_team(slug, name=f"Staff apps ({slug})", time_zone="Europe/Berlin")
    person = make_user(f"{slug}@example.test", name="Ada Moss", time_zone="Europe/Berlin")
    join(person, team, "manager")
    return person, [make_product(team, name=name) for name in products]


def _mate(person: User, name: str, slug: str) -> User:
    mate = make_user(f"{name.split()[0].lower()}-{slug}@example.test", name=name)
    join(mate, person.memberships.get().team, "responder")
    return mate


def _watched(product: Product, name: str, *, latency_ms: float = 84, path: str = "health") -> Target:
    """A monitor that has been up for two days, with one gap that nobody watched."""
    now = moment.now()
    monitor = make_monitor(product, name=name, target=f"https://{name}.example.test/{path}")
    Monitor.objects.filter(pk=monitor.pk).update(
        looked_at=ago(now, seconds=12), latency_ms=latency_ms, created_at=ago(now, days=2)
    )
    target = monitor.targets.get()
    _change(target, "up", ago(now, days=2))
    _change(target, "unknown", ago(now, hours=15), "Nightdesk was not running")
    _change(target, "up", ago(now, hours=14, minutes=10))
    Target.objects.filter(pk=target.pk).update(
        fresh_until=now + timedelta(minutes=3), latency_ms=latency_ms, settled="up"
    )
    return Target.objects.get(pk=target.pk)


def _change(
    target: Target, state: str, at: datetime, detail: str = "", code: str = "", outcome: str = ""
) -> None:
    target.refresh_from_db()
    StatusChange.objects.create(
        target=target,
        was=target.state,
        state=state,
        at=at,
        recorded_at=at,
        detail=detail,
        code=code,
        handled_at=at,
        outcome=outcome,
    )
    settled = target.settled if state == "unknown" else state
    Target.objects.filter(pk=target.pk).update(
        state=state,
        since=at,
        settled=settled,
        detail=detail,
        code=code,
        fresh_until=moment.now() + timedelta(minutes=3),
    )


def _down(target: Target, at: datetime, outcome: str = "") -> None:
    _change(target, "down", at, "answered 503 instead of 200-399, 3 of 3 times", "status", outcome)
    Monitor.objects.filter(pk=target.monitor_id).update(
        code="status", detail="answered 503 instead of 200-399"
    )


def _open(
    product: Product, by: User | None, title: str, severity: str, at: datetime, **facts: Any
) -> Incident:
    chosen = product.severities().get(key=severity)
    return declare(
        product, by=by, title=title, severity=chosen if by else None, detected_at=at, at=at, **facts
    )


def now_0() -> Stage:
    person, (staff, web, _) = _house("calm", "Staff Mobile", "Web shop", "Payments API")
    for product, name in ((staff, "sign-in"), (staff, "shifts-api"), (web, "shop"), (web, "search")):
        _watched(product, name)
    start = ago(moment.now(), days=3, hours=2)
    old = _open(web, person, "Search answers slowly in the evening", "HIGH", start)
    do.acknowledge(old, by=person, at=start + timedelta(minutes=4))
    do.resolve(old, by=person, at=start + timedelta(hours=1, minutes=12), text="Index rebuilt.")
    return Stage(person, "/")


def now_1() -> Stage:
    person, (staff, _) = _house("one", "Staff Mobile", "Web shop")
    start = ago(moment.now(), minutes=4, seconds=10)
    target = _watched(staff, "sign-in")
    incident = _open(
        staff, None, "sign-in is down", "CRITICAL", start, target=target, label="sign-in", source="monitor"
    )
    _down(target, start, incident.ref)
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
    person, products = _house(slug, "Staff Mobile", "Web shop", "Payments API")
    mate, now = _mate(person, "Kim Lund", slug), moment.now()
    for number, (title, severity, minutes) in enumerate(TITLES):
        start = ago(now, minutes=minutes)
        incident = _open(products[number % 3], person, title, severity, start)
        if number % 3:
            do.acknowledge(incident, by=mate, at=start + timedelta(minutes=3))
        if number % 3 == 2:
            do.assign(incident, by=mate, user=mate, at=start + timedelta(minutes=6))
    sweep.breach_due()
    return person


def now_12() -> Stage:
    return Stage(_twelve("twelve"), "/")


def now_stale() -> Stage:
    return Stage(now_of("stale"), "/", lost=True)


def now_of(slug: str) -> User:
    person, (staff, _) = _house(slug, "Staff Mobile", "Web shop")
    _open(staff, person, "Sign-in fails for all staff", "CRITICAL", ago(moment.now(), minutes=7))
    return person


def declare_form() -> Stage:
    person, (staff, _, _) = _house("declare", "Staff Mobile", "Web shop", "Payments API")
    _open(staff, person, "Push messages arrive an hour late", "HIGH", ago(moment.now(), minutes=40))
    return Stage(person, "/declare/", typing="Sign-in fails for all staff")


def _story(slug: str, minutes: float) -> tuple[User, Incident]:
    """An outage with people's words, corrections and machine lines."""
    person, (staff, _) = _house(slug, "Staff Mobile", "Web shop")
    kim, sam = _mate(person, "Kim Lund", slug), _mate(person, "Sam Ito", slug)
    start = ago(moment.now(), minutes=minutes)

    def at(m: float) -> datetime:
        return start + timedelta(minutes=m)

    target = _watched(staff, "sign-in")
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
    _down(target, at(0.2), incident.ref)
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
    _change(incident.target, "up", ago(now, minutes=36), outcome=incident.ref)
    do.resolve(
        incident,
        by=person,
        text="0.1.1 is out to everybody, no failed sign-in for 30 minutes.",
        at=ago(now, minutes=4),
    )
    return Stage(person, incident.get_absolute_url())


def board_empty() -> Stage:
    return Stage(_house("nothing", "Staff Mobile")[0], "/monitoring/")


def _board(slug: str) -> tuple[User, list[Target]]:
    person, (staff, web) = _house(slug, "Staff Mobile", "Web shop")
    names = ((staff, "sign-in"), (staff, "shifts-api"), (web, "shop"), (web, "search"))
    return person, [_watched(product, name) for product, name in names]


def board_quiet() -> Stage:
    return Stage(_board("quiet")[0], "/monitoring/")


def board_down() -> Stage:
    person, targets = _board("down")
    _down(targets[1], ago(moment.now(), minutes=18), "INC-2")
    _change(
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
    _down(target, ago(now, hours=6, minutes=10), "INC-2")
    _change(target, "up", ago(now, hours=5, minutes=2))
    _change(target, "degraded", ago(now, hours=2, minutes=30), "answers in 2.4 s, slower than 1 s", "slow")
    _change(target, "up", ago(now, hours=1, minutes=50))
    _down(target, ago(now, minutes=18), "INC-4")
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
    "board-empty": board_empty,
    "board-quiet": board_quiet,
    "board-down": board_down,
    "monitor": monitor,
}
