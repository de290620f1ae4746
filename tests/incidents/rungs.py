"""A night on a clock of its own: what was told, to whom and when, minute by minute."""

from datetime import UTC, datetime, timedelta

from incidents.lifecycle import sweep
from incidents.models import Incident
from incidents.simulation.stage import Stage
from notifications.models import Delivery

NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
type Told = tuple[float, str, str]


def play(incident: Incident, clock: Stage, *, until: float, step: float = 0.5) -> None:
    """Time goes on to `until` minutes after NIGHT; what is due happens when the ticker would see it."""
    while clock.now < NIGHT + timedelta(minutes=until):
        clock.set(min(clock.now + timedelta(minutes=step), NIGHT + timedelta(minutes=until)))
        before = list(Delivery.objects.about(incident.ref).values_list("pk", flat=True))
        sweep.turn(incident.pk)
        # The column's own default is PostgreSQL's clock.
        Delivery.objects.about(incident.ref).exclude(pk__in=before).update(created_at=clock.now)
    incident.refresh_from_db()


def told(incident: Incident, *keys: str, route: str = "email") -> list[Told]:
    """(minutes after NIGHT, key, label), in the order in which they were told."""
    rows = Delivery.objects.about(incident.ref).filter(route=route, created_at__gte=NIGHT).order_by("pk")
    rows = rows.filter(key__in=keys) if keys else rows
    return [((row.created_at - NIGHT).total_seconds() / 60, row.key, row.label) for row in rows]
