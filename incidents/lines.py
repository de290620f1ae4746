"""Events as HTML lines: rendered once when written, the same bytes for every reader (DECISIONS.md 16, 17)."""

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from incidents.models import Incident, RedactionRequest, TimelineEvent, TimelineLine
from incidents.sentences import sentence
from products.vocabulary import EventKind

# Raised whenever incidents/line.html or a sentence changes, so that `./run render_lines` knows what is old.
TEMPLATE_VERSION = 1
LANGUAGE = "en"

_MACHINE_LOUD = {EventKind.CLOCK_BREACHED, EventKind.MONITOR_DOWN}


def store(event: TimelineEvent) -> str:
    """Render the line of `event` and keep it.

    For who has just written the event, or holds its incident and read it after.
    """
    html = render(event)
    TimelineLine.objects.update_or_create(
        event=event, language=LANGUAGE, defaults={"html": html, "template_version": TEMPLATE_VERSION}
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


def render(event: TimelineEvent) -> str:
    asked = asked_to_redact(event)
    context = {
        "event": event,
        "incident": event.incident,
        "zone": event.incident.product.team.time_zone,
        "redaction": _redaction(event),
        "asked": asked,
        "sentence": "" if event.redacted or asked else sentence(event),
        "corrected": event.superseded_by.filter(kind=EventKind.CORRECTED).exists(),
        "tone": tone(event),
    }
    return render_to_string("incidents/line.html", context).strip()


def tone(event: TimelineEvent) -> str:
    """How a line reads: "person" (words of people), "machine" (quiet), "machine breach" (must be seen)."""
    if event.kind in _MACHINE_LOUD:
        return "machine breach"
    return "person" if event.actor_id else "machine"


def asked_to_redact(event: TimelineEvent) -> RedactionRequest | None:
    """The open request that hides this line: for the event, or for one whose words it repeats."""
    chain = [event]
    while chain[-1].kind == EventKind.CORRECTED and chain[-1].supersedes:
        chain.append(chain[-1].supersedes)
    return (
        RedactionRequest.objects.filter(event__in=chain, settled_at=None).select_related("asked_by").first()
    )


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
