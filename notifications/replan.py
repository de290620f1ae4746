"""What waits for the morning goes when it is morning on the team's clocks, also after these got another zone."""

from accounts.models import Team
from foundation import moment
from notifications import hours
from notifications.models import Delivery, Urgency
from notifications.queue import wake_sender


def replan(team: Team) -> int:
    """Move what is planned; what was to wait no longer goes now. For `change_team`, in its transaction; returns how
    many that were."""
    now = moment.now()
    planned = Delivery.objects.unsent().filter(
        team=team, urgency=Urgency.WAITS, attempts=0, first_due_at__gt=now
    )
    moved = []
    for row in planned.order_by("pk").select_for_update(of=("self",)):
        due = max(now, hours.due(row.created_at, team.time_zone, wake=False))
        if due != row.first_due_at:
            row.due_at = row.first_due_at = due
            moved.append(row)
    Delivery.objects.bulk_update(moved, ["due_at", "first_due_at"], batch_size=500)
    if moved:
        wake_sender()
    return len(moved)
