"""How runs of clocks ended, for counting thousands: what `ClockView` says of one, asked of the database."""

from datetime import datetime

from django.db.models import Case, Exists, F, OuterRef, Q, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from incidents.clocks.shown import INSTEAD
from incidents.models import TimelineEvent
from products.vocabulary import ClockKey


class Outcome(TextChoices):
    """Met and breached are a promise kept and not kept; the others are neither, and no share is made of them."""

    MET = "met", _("met")
    BREACHED = "breached", _("breached")
    RUNNING = "running", _("still running")
    WAIVED = "waived", _("waived")
    CANCELLED = "cancelled", _("cancelled")
    INSTEAD = "instead", _("ended by something else")
    UNLIMITED = "unlimited", _("without a limit")


def outcome(now: datetime) -> Case:
    """For annotating clocks at `now`. Waived after it ran out is breached: no waiver hides that.

    A time to wait out is no limit, and neither is a milestone such as "next release".
    """
    late = (
        Q(breached_at__isnull=False)
        | Q(stopped_at__gt=F("due_at"))
        | Q(stopped_at=None, waived_at=None, due_at__lte=now)
    )
    ended_by = TimelineEvent.objects.filter(pk=OuterRef("stopped_by"), kind__in=list(INSTEAD))
    instead = Q(key=ClockKey.DECISION) & Q(Exists(ended_by))
    return Case(
        When(cancelled_at__isnull=False, then=Value(Outcome.CANCELLED)),
        When(Q(at_least=True) | Q(target_s=None), then=Value(Outcome.UNLIMITED)),
        When(late, then=Value(Outcome.BREACHED)),
        When(waived_at__isnull=False, then=Value(Outcome.WAIVED)),
        When(instead, then=Value(Outcome.INSTEAD)),
        When(stopped_at__isnull=False, then=Value(Outcome.MET)),
        default=Value(Outcome.RUNNING),
    )
