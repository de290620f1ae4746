"""One tap on the reminder of a status update: send how it stands, remind again in 15 minutes, or stop.

By a link goes only the sentence that the reminder showed, never words of whoever holds it; who wants to say more opens
the page and signs in.
"""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from incidents.messages import letters, rhythm, updates
from incidents.models import Incident
from incidents.views.said import Said
from notifications.links import Tap

VERBS = frozenset({rhythm.SEND, rhythm.SNOOZE, rhythm.STOP})


def shows(found: Tap, incident: Incident) -> str:
    """What the button would send, and where; empty for the other two."""
    if found.verb != rhythm.SEND:
        return ""
    rooms = letters.fitting(incident, for_users=rhythm.for_users(incident))
    words = {"text": rhythm.standing(incident), "rooms": ", ".join(room.name for room in rooms)}
    return _("“%(text)s” goes to: %(rooms)s.") % words


def moot(found: Tap, incident: Incident) -> Said | None:
    """What is over, or done already: said, not an error."""
    names = {"ref": incident.ref, "status": str(incident.get_status_display()).lower()}
    if not incident.is_open:
        return Said(_("It is over"), _("%(ref)s is %(status)s.") % names, 409)
    since = incident.events.filter(kind__in=rhythm.TOLD, recorded_at__gt=found.delivery.created_at)
    last = since.select_related("payload", "actor").order_by("-seq").first()
    if last:
        who = {"who": last.actor_label or "Nightdesk", **names}
        return Said(_("It was sent"), _("%(who)s has told people of %(ref)s since then.") % who, 409)
    if incident.update_due_at is None:
        return Said(_("Stopped"), _("Nobody is reminded of updates of %(ref)s any more.") % names, 409)
    if found.verb == rhythm.SEND and not rhythm.sendable(incident):
        return Said(_("Nowhere to send it"), _("No channel is set up for this. Open the page."), 409)
    return None


def do(found: Tap, incident: Incident, how: dict[str, Any]) -> Said:
    by = found.delivery.user
    if found.verb == rhythm.SEND:
        event = updates.tell_standing(incident, by=by, **how)
        return Said(_("Sent"), event.text)
    if found.verb == rhythm.SNOOZE:
        at = updates.snooze(incident, by=by).astimezone(ZoneInfo(incident.product.team.time_zone))
        return Said(_("Later"), _("You are reminded again at %(at)s.") % {"at": f"{at:%H:%M %Z}"})
    updates.stop(incident, by=by, **how)
    return Said(_("Stopped"), _("Nobody is reminded until the next update is sent."))
