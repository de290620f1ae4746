"""What the parts of one page ask about one incident: asked once, while that page is drawn, and never afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from foundation import moment
from incidents.models import Assignment, Clock, Incident, RedactionRequest
from monitoring.models import Target
from monitoring.shown import as_shown

_KEPT = "_glance"
# The event by which it was opened the last time; None if it never was again.
REOPENED = "reopened"
# A summary may list many; beyond these nobody reads on a page.
TARGETS = 200


@contextmanager
def glance(incident: Incident) -> Iterator[None]:
    """While it lasts, answers about this very object are kept. Reads only: a verb in between would not be seen."""
    incident.__dict__[_KEPT] = {}
    try:
        yield
    finally:
        del incident.__dict__[_KEPT]


def once[T](incident: Incident, what: str, read: Callable[[], T]) -> T:
    """`read()`, or what it answered before during this glance."""
    kept = incident.__dict__.get(_KEPT)
    if kept is None:
        return read()
    if what not in kept:
        kept[what] = read()
    answer: T = kept[what]
    return answer


def keep(incident: Incident, what: str, answer: object) -> None:
    """Something else has shown it: during this glance it is not asked again."""
    kept = incident.__dict__.get(_KEPT)
    if kept is not None:
        kept.setdefault(what, answer)


def now(incident: Incident) -> datetime:
    """The database's time, one for the whole page."""
    return once(incident, "now", moment.now)


def clocks_of(incident: Incident) -> list[Clock]:
    """All its clocks, earlier runs first."""
    return once(incident, "clocks", lambda: list(incident.clocks.order_by("cycle", "pk")))


def assignments_of(incident: Incident) -> list[Assignment]:
    """Who has had which role, the earliest first."""
    rows = Assignment.objects.filter(incident=incident).select_related("user").order_by("pk")
    return once(incident, "assignments", lambda: list(rows))


def redactions_of(incident: Incident) -> list[RedactionRequest]:
    """What somebody asked to redact and nobody has settled."""
    rows = RedactionRequest.objects.filter(event__incident=incident, settled_at=None)
    return once(incident, "redactions", lambda: list(rows.select_related("event", "asked_by").order_by("pk")))


def targets_of(incident: Incident, now: datetime) -> list[Target]:
    """What the product's monitors see, as it may be said at `now`; those that are switched off too."""
    rows = Target.objects.present().filter(monitor__product=incident.product_id).select_related("monitor")
    return once(incident, "targets", lambda: as_shown(list(rows.order_by("pk")[:TARGETS]), now))
