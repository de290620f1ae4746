"""What the parts of one page ask about one incident: asked once, while that page is drawn, and never afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from foundation import moment
from incidents.models import Clock, Incident

_KEPT = "_glance"


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


def now(incident: Incident) -> datetime:
    """The database's time, one for the whole page."""
    return once(incident, "now", moment.now)


def clocks_of(incident: Incident) -> list[Clock]:
    """All its clocks, earlier runs first."""
    return once(incident, "clocks", lambda: list(incident.clocks.order_by("cycle", "pk")))
