"""What the events of a report say on the timeline; incidents/sentences/sentences.py has the others."""

from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from incidents.models import TimelineEvent
from incidents.sentences.evidence import linked
from incidents.sentences.sentences import SENTENCES
from products.vocabulary import EventKind
from review.findings import SHARED
from ui.moments import moment_html

_noted = SENTENCES[EventKind.NOTED]


def scheduled(event: TimelineEvent) -> SafeString:
    at = str(event.data.get("meets_at", ""))
    words = {
        "when": moment_html(
            datetime.fromisoformat(at) if at else None, "full", event.incident.product.team.time_zone
        ),
        "who": event.actor_label,
    }
    if event.data.get("was"):
        return format_html(_("<b>Postmortem moved</b> to {when} by {who}"), **words)
    return format_html(_("<b>Postmortem scheduled</b> for {when} by {who}"), **words)


def published(event: TimelineEvent) -> SafeString:
    own = {"all": _(", who wrote it too"), "part": _(", who wrote part of it")}
    return format_html(
        _("<b>Report reviewed</b> by {who}{own}"),
        who=event.actor_label,
        own=own.get(str(event.data.get("own")), ""),
    )


def noted(event: TimelineEvent) -> SafeString:
    """A note, unless it tells of a report: opened again, or its findings shared."""
    if event.data.get("report") == "reopened":
        return format_html(_("<b>Report opened again</b> by {who}"), who=event.actor_label)
    if event.data.get("report") == SHARED:
        text = format_html(_("<b>Findings shared</b> with the team by {who}"), who=event.actor_label)
        return linked(event, text)
    return _noted(event)


SENTENCES.update(
    {
        EventKind.POSTMORTEM_SCHEDULED: scheduled,
        EventKind.POSTMORTEM_PUBLISHED: published,
        EventKind.NOTED: noted,
    }
)
