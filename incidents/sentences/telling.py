"""What the timeline says of what people were told: a message of the process, a status update, and where they went."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from incidents.models import TimelineEvent
from incidents.sentences.evidence import linked


def message_sent(event: TimelineEvent) -> SafeString:
    title, who = event.data.get("title", ""), _who(event)
    if rooms := event.data.get("channels"):
        words = _("<b>Sent: {title}</b> to {rooms}, by {who}")
        if event.data.get("unsent"):
            words = _("<b>Played sending: {title}</b> to {rooms}, by {who}: nothing left")
        return linked(event, format_html(words, title=title, rooms=", ".join(map(str, rooms)), who=who))
    if event.data.get("again"):
        return linked(event, format_html(_("<b>Sent again: {title}</b>, says {who}"), title=title, who=who))
    return linked(event, format_html(_("<b>Sent: {title}</b>, says {who}"), title=title, who=who))


def updated(event: TimelineEvent) -> SafeString:
    rooms = ", ".join(map(str, event.data.get("channels") or []))
    if not rooms:
        return format_html(_("<b>Update</b> by {who}"), who=_who(event))
    words = _("<b>Update</b> by {who}, to {rooms}")
    if event.data.get("unsent"):
        words = _("<b>Update</b> by {who}, played to {rooms}: nothing left")
    return format_html(words, who=_who(event), rooms=rooms)


def _who(event: TimelineEvent) -> str:
    return event.actor_label or _("Nightdesk")
