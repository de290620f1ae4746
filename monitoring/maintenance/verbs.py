"""Setting a window, moving its end, ending it. What was told stays: none begins, or ends, in the past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from monitoring import announce
from monitoring.maintenance.settle import settle_window
from monitoring.models import Maintenance, MaintenanceAct, Monitor, Phase
from products.announcing import shown_anew
from products.models import Product

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)
# Further ahead nobody plans, but people mistype a year.
FURTHEST = timedelta(days=366)
# So long a form may lie open whose begin has passed meanwhile: it is taken as now.
LATE = timedelta(minutes=5)
Act = MaintenanceAct.Kind


class Over(Exception):
    """The window has ended, or was cancelled: nothing about it can be changed any more."""

    def __init__(self, window: Maintenance) -> None:
        super().__init__(window.pk)
        self.window = window


def set_maintenance(
    product: Product,
    *,
    by: User,
    ends_at: datetime | None = None,
    starts_at: datetime | None = None,
    lasts: timedelta | None = None,
    monitors: Iterable[Monitor] = (),
    reason: str = "",
) -> Maintenance:
    """A window of `product`, or of some of its `monitors`: from `starts_at`, else now, until `ends_at` or for `lasts`.

    ValidationError by field for times that cannot be.
    """
    with transaction.atomic():
        chosen = sorted(monitors, key=lambda monitor: monitor.pk)
        start, end = span(starts_at, ends_at, lasts, moment.now())
        made = Maintenance.objects.create(
            product=product, starts_at=start, ends_at=end, reason=reason.strip()
        )
        made.monitors.set(chosen)
        _tell(made, Act.SET, by, moment.now())
    return made


def span(
    starts_at: datetime | None, ends_at: datetime | None, lasts: timedelta | None, now: datetime
) -> tuple[datetime, datetime]:
    """Begin and end as they would be set at `now`. ValidationError by field for times that cannot be."""
    start = starts_at or now
    if start < now - LATE:
        words = _("This has passed. What was told of that time stays; leave it empty to begin now.")
        raise ValidationError({"starts_at": words})
    if start > now + FURTHEST:
        raise ValidationError({"starts_at": _("That is more than a year ahead.")})
    start = max(start, now)
    end = start + lasts if lasts else ends_at
    if end is None:
        raise ValidationError({"ends_at": _("Say until when.")})
    _check_end(start, end)
    return start, end


def move_end(window: Maintenance, *, by: User, ends_at: datetime) -> None:
    """Longer or shorter. Over for one that has ended, ValidationError for an end that cannot be."""
    with _held(window) as now:
        if ends_at <= now:
            words = _("This has passed. End it now instead; what was told of the time until now stays.")
            raise ValidationError({"ends_at": words})
        _check_end(window.starts_at, ends_at)
        if ends_at != window.ends_at:
            window.ends_at = ends_at
            window.save(update_fields=["ends_at"])
            _tell(window, Act.MOVED, by, now)


def end(window: Maintenance, *, by: User) -> None:
    """Now; one that has not begun is cancelled. Over for one that has ended."""
    with _held(window) as now:
        if window.phase(now) == Phase.PLANNED:
            window.cancelled_at = now
            window.save(update_fields=["cancelled_at"])
            _tell(window, Act.CANCELLED, by, now)
        else:
            window.ends_at = now
            window.save(update_fields=["ends_at"])
            _tell(window, Act.ENDED, by, now)


@contextmanager
def _held(window: Maintenance) -> Iterator[datetime]:
    """`window` as it stands, its row locked, and the moment; Over if there is nothing left to change."""
    with transaction.atomic():
        window.refresh_from_db(from_queryset=Maintenance.objects.select_for_update(of=("self",)))
        now = moment.now()
        if window.phase(now) in (Phase.ENDED, Phase.CANCELLED):
            raise Over(window)
        yield now


def _check_end(start: datetime, end: datetime) -> None:
    if end <= start:
        raise ValidationError({"ends_at": _("It must end after its begin.")})
    if end - start < SHORTEST:
        raise ValidationError({"ends_at": _("It lasts a minute at least.")})
    if end - start > LONGEST:
        words = _("It lasts 7 days at most. For longer, switch the monitor off: then nobody counts on it.")
        raise ValidationError({"ends_at": words})


def _tell(window: Maintenance, kind: Act, by: User, now: datetime) -> None:
    """Keeps who did it, and lets targets and open pages follow, in the verb's transaction."""
    MaintenanceAct.objects.create(
        maintenance=window, kind=kind, by=by, token=by.by_token, at=now, ends_at=window.ends_at
    )
    settle_window(window, now)
    announce.refresh([window.product.team_id])
    shown_anew(window.product)
