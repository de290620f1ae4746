"""Events as HTML lines: rendered once when written, the same bytes for every reader."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from incidents.models import Incident, TimelineEvent, TimelineLine
from incidents.sentences.sentences import sentence
from incidents.timeline.hiding import asked_to_redact
from products.vocabulary import EventKind
from ui.moments import moment_html

# Raised whenever incidents/line.html or a sentence changes, so that `./run render_lines` knows what is old.
TEMPLATE_VERSION = 3
LANGUAGE = "en"

_MACHINE_LOUD = {EventKind.CLOCK_BREACHED, EventKind.MONITOR_DOWN}


def line(event: TimelineEvent, html: str) -> TimelineLine:
    """Not stored yet."""
    return TimelineLine(event=event, language=LANGUAGE, html=html, template_version=TEMPLATE_VERSION)


def store(event: TimelineEvent) -> str:
    """Render the line of an older `event` and keep it. For who holds its incident and read it after."""
    html = render(event)
    TimelineLine.objects.bulk_create(
        [line(event, html)],
        update_conflicts=True,
        unique_fields=["event", "language"],
        update_fields=["html", "template_version"],
    )
    return html


def restore(pk: int) -> tuple[TimelineEvent, str]:
    """Render the line of an older event again.

    Holds the incident and reads the event after: words that were destroyed stay gone.
    """
    with transaction.atomic():
        incident = TimelineEvent.objects.values_list("incident", flat=True).get(pk=pk)
        Incident.objects.select_for_update(of=("self",)).get(pk=incident)
        event = TimelineEvent.objects.select_related("incident__product__team", "actor", "payload").get(pk=pk)
        return event, store(event)


def render(event: TimelineEvent, *, new: bool = False) -> str:
    """`new`: nothing was said about it yet. A correction repeats words that may be hidden."""
    asked = None if new and event.kind != EventKind.CORRECTED else asked_to_redact(event)
    context = {
        "event": event,
        "incident": event.incident,
        "zone": event.incident.product.team.time_zone,
        "redaction": _redaction(event),
        "asked": asked,
        "sentence": "" if event.redacted or asked else sentence(event),
        "corrected": not new and event.superseded_by.filter(kind=EventKind.CORRECTED).exists(),
        "tone": tone(event),
        "key": key(event.occurred_at, event.seq),
    }
    return render_to_string("incidents/line.html", context).strip()


def key(at: datetime, seq: int) -> str:
    """What lines are sorted by, the newest first: in UTC, whoever's zone is active when it is written."""
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S.%f}-{seq:07d}"


def with_days(rows: Iterable[tuple[str, datetime, int]], zone: str) -> list[SafeString]:
    """Lines out of the cache (html, occurred_at, seq), newest first, the day in `zone` before the first of each day.

    A script that knows the reader's zone moves the days (js/clocks.js).
    """
    shown: list[SafeString] = []
    last: date | None = None
    for html, at, seq in rows:
        day = at.astimezone(ZoneInfo(zone)).date()
        if day != last:
            head = '<li class="line-day-break" data-key="{}~">{}</li>'
            shown.append(format_html(head, key(at, seq), moment_html(at, "date", zone)))
        last = day
        shown.append(stored(html))
    return shown


def tone(event: TimelineEvent) -> str:
    """How a line reads: "person" (words of people), "machine" (quiet), "machine breach" (must be seen)."""
    if event.kind == EventKind.CLOCK_BREACHED and not event.data.get("told", True):
        return "machine"
    if event.kind in _MACHINE_LOUD:
        return "machine breach"
    if event.kind == EventKind.ASSIGNED and event.data.get("as_administrator"):
        return "person breach"
    return "person" if event.actor_id else "machine"


def _redaction(event: TimelineEvent) -> TimelineEvent | None:
    if not event.redacted:
        return None
    return event.superseded_by.filter(kind=EventKind.REDACTED).select_related("actor").first()


def upsert(html: str) -> str:
    """The message that puts one line on open pages: replaces the same line, else goes where its key sorts."""
    return f'<hx-upsert hx-target="#timeline-lines" key="data-key" sort="desc">{html}</hx-upsert>'


def stored(html: str) -> SafeString:
    """A line out of the cache: our own template wrote it."""
    return mark_safe(html)  # noqa: S308
