"""What scenes are built from (tests/scenes.py): a house with a person, monitors that have seen something."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from foundation import moment
from monitoring.models import Monitor, StatusChange, Target
from products.models import Product
from tests.factories import join, make_monitor, make_product, make_team, make_user


@dataclass(frozen=True)
class Stage:
    """Who looks, and where. `lost`: the stream is cut; `typing`: the phone's keyboard is open; `part`: of the page."""

    person: User
    path: str
    lost: bool = False
    typing: str = ""
    part: str = ""


def ago(now: datetime, **span: float) -> datetime:
    return now - timedelta(**span)


def house(slug: str, *products: str) -> tuple[User, list[Product]]:
    """A manager alone in a team with `products`, each a name, by the process of Krow."""
    team = make_team(slug, name=f"Staff apps ({slug})", time_zone="Europe/Berlin")
    person = make_user(f"{slug}@example.test", name="Ada Moss", time_zone="Europe/Berlin")
    join(person, team, "manager")
    return person, [make_product(team, name=name) for name in products]


def mate(person: User, name: str, slug: str) -> User:
    mate = make_user(f"{name.split()[0].lower()}-{slug}@example.test", name=name)
    join(mate, person.memberships.get().team, "responder")
    return mate


def watched(product: Product, name: str, *, latency_ms: float = 84, path: str = "health") -> Target:
    """A monitor that has been up for two days, with one gap that nobody watched."""
    now = moment.now()
    monitor = make_monitor(product, name=name, target=f"https://{name}.example.test/{path}")
    Monitor.objects.filter(pk=monitor.pk).update(
        looked_at=ago(now, seconds=12), latency_ms=latency_ms, created_at=ago(now, days=2)
    )
    target = monitor.targets.get()
    change(target, "up", ago(now, days=2))
    change(target, "unknown", ago(now, hours=15), "Nightdesk was not running")
    change(target, "up", ago(now, hours=14, minutes=10))
    Target.objects.filter(pk=target.pk).update(
        fresh_until=now + timedelta(minutes=3), latency_ms=latency_ms, settled="up"
    )
    return Target.objects.get(pk=target.pk)


def change(
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


def down(target: Target, at: datetime, outcome: str = "") -> None:
    change(target, "down", at, "answered 503 instead of 200-399, 3 of 3 times", "status", outcome)
    Monitor.objects.filter(pk=target.monitor_id).update(
        code="status", detail="answered 503 instead of 200-399"
    )
