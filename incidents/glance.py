"""What the parts of one page ask about one incident: asked once, while that page is drawn, and never afterwards. A
verb has such a memory too, of what it does not change itself (`held`).

Most incidents have no rollback, no watch, nothing to redact. Whether there is any of it is read with the incident
itself (`in_view`); what there is none of is not asked for.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Exists, F, Model, OuterRef, QuerySet

from foundation import moment
from incidents.models import Assignment, Clock, Incident, RedactionRequest, TimelineEvent
from incidents.models.incident import IncidentQuerySet
from live import bus
from monitoring.maintenance.shown import Window, windows, with_all
from monitoring.models import Maintenance, Target
from monitoring.shown import as_shown
from products.in_production import by_last, in_production, last_told
from products.models import Contact
from products.vocabulary import EventKind

_KEPT, _HELD = "_glance", "_held"
_HAS = "has_"
_few: dict[str, tuple[QuerySet[Any], str]] = {}
# The event by which it was opened the last time; None if it never was again.
REOPENED = "reopened"
# The next action that its page has shown its reader.
ACTION = "action"
# The clocks that run, as the verb or the sweep that holds them changes them (incidents/clocks/timing.py).
RUNNING = "running"
# A summary may list many; beyond these nobody reads on a page.
TARGETS = 200


def register_few[M: Model](what: str, rows: QuerySet[M], incident: str = "incident") -> None:
    """Says that most incidents have none of `rows`; `incident` is the way from a row to its incident.

    For `few` of the same name. A second one of that name stops the start.
    """
    if what in _few:
        raise ImproperlyConfigured(f"two called {what}")
    _few[what] = (rows, incident)


def in_view(rows: IncidentQuerySet) -> IncidentQuerySet:
    """`rows` with what a page asks of every incident: the time, the cursor for what is announced after it,
    what was told last of what its product runs, and what it has.

    For an incident that is shown at once: after a verb it knows nothing of what that did. Not for rows that are
    grouped: each has a time of its own.
    """
    has = {_HAS + what: Exists(few.filter(**{way: OuterRef("pk")})) for what, (few, way) in _few.items()}
    return rows.annotate(read_at=moment.Read(), cursor=bus.CURSOR, told=last_told(), **has)


def for_page() -> IncidentQuerySet:
    """Every incident as its page reads it, `in_view`, to be narrowed. Made once: that takes as long as reading one."""
    return _for_page().all()


@cache
def _for_page() -> IncidentQuerySet:
    return in_view(Incident.objects.for_page())


def cursor(incident: Incident) -> int:
    """Where a page that shows it starts to listen: the incident and all that is asked later are at least as new."""
    found: int | None = incident.__dict__["cursor"]
    return found or 0


@contextmanager
def glance(incident: Incident) -> Iterator[None]:
    """While it lasts, answers about this very object are kept. Reads only: a verb in between would not be seen."""
    incident.__dict__[_KEPT] = {}
    try:
        yield
    finally:
        del incident.__dict__[_KEPT]


@contextmanager
def anew(incident: Incident) -> Iterator[None]:
    """As `glance`, with the incident held and read again: what it had when it was read first counts no more."""
    for name in [name for name in incident.__dict__ if name.startswith(_HAS) or name in ("read_at", "told")]:
        del incident.__dict__[name]
    with glance(incident):
        yield


@contextmanager
def held(incident: Incident, now: datetime) -> Iterator[None]:
    """While a verb or a sweep holds the incident's row, since `now`: what neither changes is asked once (`steady`).

    A verb within another begins anew and leaves nothing behind: what it has changed is not answered from before.
    """
    outer = incident.__dict__.get(_HELD)
    incident.__dict__[_HELD] = {"now": now}
    try:
        yield
    finally:
        if outer is None:
            del incident.__dict__[_HELD]
        else:
            outer.clear()
            incident.__dict__[_HELD] = outer


def once[T](incident: Incident, what: str, read: Callable[[], T]) -> T:
    """`read()`, or what it answered before during this glance."""
    return _from(incident.__dict__.get(_KEPT), what, read)


def runs(incident: Incident) -> str:
    """Which version its product's users have, "" where nobody knows. Read with it where it is shown at once."""
    if "told" in incident.__dict__:
        return by_last(incident.product, incident.__dict__["told"]).version
    return once(incident, "in_production", lambda: in_production(incident.product).version)


def steady[T](incident: Incident, what: str, read: Callable[[], T]) -> T:
    """As `once`, and also while the incident is held: for what no verb changes in between, or says so (`know`)."""
    return _from(incident.__dict__.get(_HELD, incident.__dict__.get(_KEPT)), what, read)


def know(incident: Incident, what: str, answer: object) -> None:
    """From here on, while it is held, this is what `steady` answers."""
    kept = incident.__dict__.get(_HELD)
    if kept is not None:
        kept[what] = answer


def known(incident: Incident, what: str) -> Any:
    """What `steady` would answer while it is held, without asking; None if it would ask."""
    return incident.__dict__.get(_HELD, {}).get(what)


def forget(incident: Incident, what: str) -> None:
    """While it is held: this is asked again."""
    incident.__dict__.get(_HELD, {}).pop(what, None)


def _from[T](kept: dict[str, Any] | None, what: str, read: Callable[[], T]) -> T:
    if kept is None:
        return read()
    if what not in kept:
        kept[what] = read()
    answer: T = kept[what]
    return answer


def has(incident: Incident, what: str) -> bool:
    """False where the incident was read `in_view` and had none of it."""
    return _KEPT not in incident.__dict__ or bool(incident.__dict__.get(_HAS + what, True))


def few[T](incident: Incident, what: str, read: Callable[[], list[T]]) -> list[T]:
    """As `once`, and nothing is asked where the incident was read `in_view` and had none."""
    return once(incident, what, read) if has(incident, what) else []


def keep(incident: Incident, what: str, answer: object) -> None:
    """Something else has shown it: during this glance it is not asked again."""
    kept = incident.__dict__.get(_KEPT)
    if kept is not None:
        kept.setdefault(what, answer)


def now(incident: Incident) -> datetime:
    """The database's time, one for the whole page and for all that a verb does."""
    if _KEPT not in incident.__dict__:
        return steady(incident, "now", moment.now)
    return once(incident, "now", lambda: incident.__dict__.get("read_at") or moment.now())


def clocks_of(incident: Incident) -> list[Clock]:
    """All its clocks, earlier runs first; each with the kind of event that stopped it (`stopped_kind`)."""
    rows = incident.clocks.annotate(stopped_kind=F("stopped_by__kind")).order_by("cycle", "pk")
    return once(incident, "clocks", lambda: list(rows))


def last_run(incident: Incident, key: str) -> Clock | None:
    """The last run of its clock `key`. Outside of a glance the others are not read."""
    if _KEPT in incident.__dict__:
        return next((clock for clock in reversed(clocks_of(incident)) if clock.key == key), None)
    # One that runs is the last: the next one begins once it has ended. Of remedies several may run at once.
    running: list[Clock] = known(incident, RUNNING) or []
    if found := next((one for one in running if one.key == key and one.is_running and not one.subject), None):
        return found
    return incident.clocks.filter(key=key).order_by("-cycle", "-pk").first()


def assignments_of(incident: Incident) -> list[Assignment]:
    """Who has had which role, the earliest first."""
    rows = Assignment.objects.filter(incident=incident).select_related("user").order_by("pk")
    return steady(incident, "assignments", lambda: list(rows)) if has(incident, "assignments") else []


def contacts_of(incident: Incident) -> list[Contact]:
    """Those of its product, in their order."""
    rows = Contact.objects.filter(product=incident.product_id).select_related("user")
    return steady(incident, "contacts", lambda: list(rows)) if has(incident, "contacts") else []


def redactions_of(incident: Incident) -> list[RedactionRequest]:
    """What somebody asked to redact and nobody has settled."""
    rows = RedactionRequest.objects.filter(event__incident=incident, settled_at=None)
    return few(incident, "redactions", lambda: list(rows.select_related("event", "asked_by").order_by("pk")))


def maintenance_of(incident: Incident, now: datetime) -> list[Window]:
    """What of its product is in maintenance."""
    rows = Maintenance.objects.filter(product=incident.product_id).holding(now).order_by("ends_at", "pk")
    return few(incident, "maintenance", lambda: windows(with_all(rows), now))


def targets_of(incident: Incident, now: datetime) -> list[Target]:
    """What the product's monitors see, as it may be said at `now`; those that are switched off too."""
    rows = Target.objects.present().filter(monitor__product=incident.product_id).select_related("monitor")
    return once(incident, "targets", lambda: as_shown(list(rows.order_by("pk")[:TARGETS]), now))


register_few(REOPENED, TimelineEvent.objects.filter(kind=EventKind.REOPENED))
register_few("assignments", Assignment.objects.all())
register_few("contacts", Contact.objects.all(), "product__incidents")
register_few("maintenance", Maintenance.objects.holding(moment.Read()), "product__incidents")
register_few("redactions", RedactionRequest.objects.filter(settled_at=None), "event__incident")
