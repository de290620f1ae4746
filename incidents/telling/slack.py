"""What people do from a room in Slack: acknowledge by a button, and write a note by a reply in the incident's thread.

Who they are, notifications/slack/ has asked Slack. What a person may not do here, they may not do from there; of a
private incident nothing is said to a room, and nothing taken from one.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import allowed
from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.lifecycle import TooLate, perform
from incidents.models import Incident, TimelineEvent
from incidents.telling import notice
from notifications.models import Delivery
from notifications.slack.deeds import Deeds, Said, register
from products.vocabulary import EventKind

SOURCE = "slack"


def acknowledge(delivery: Delivery, user: User) -> str:
    incident = _found(delivery.ref)
    if incident is None or not allowed(user, "acknowledge", incident):
        return _("You may not do this. Ask a manager of the team to make you a responder.")
    names = _names(incident)
    try:
        with transaction.atomic():
            Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
            transitions.acknowledge(incident, by=user, source=SOURCE)
    except TooLate as late:
        return _moot(late.incident, user)
    return _("You have it: %(ref)s is acknowledged.") % names


def taken(delivery: Delivery) -> str:
    """Who has it and since when, or that it is over; nothing while it waits, and of a private one."""
    incident = _found(delivery.ref)
    if incident is None or incident.private:
        return ""
    event = _acknowledged(incident)
    if event and incident.acknowledged_at:
        words = {
            "who": event.actor_label or _("Somebody"),
            "at": notice.time_of(incident, incident.acknowledged_at),
        }
        return _("Acknowledged by %(who)s, %(at)s.") % words
    if incident.is_open:
        return ""
    return _("It is over: %(ref)s is %(status)s.") % _names(incident)


def note(said: Said) -> str:
    incident = _found(said.ref)
    if incident is None:
        return _("This was not noted: its incident is not there any more.")
    user = said.user if said.user and allowed(said.user, "note", incident) else None
    if user is None and incident.private:
        return _("This was not noted in Nightdesk.")
    # Words of somebody whom only Slack knows, or who may not write here, are on record as reported, in no one's name.
    label = "" if user else _("%(who)s in Slack, not signed in here") % {"who": said.label}
    at = said.at if said.at >= incident.detected_at else None
    told: dict[str, Any] = {"source": SOURCE, "label": label, **({} if user else {"reported": True})}
    perform(incident, transitions.NOTE, by=user, at=at, text=said.text, **told)
    return ""


def _found(ref: str) -> Incident | None:
    try:
        return Incident.objects.for_page().by_ref(ref)
    except Incident.DoesNotExist:
        return None


def _moot(incident: Incident, user: User) -> str:
    names = _names(incident)
    if not incident.is_open:
        return _("It is over: %(ref)s is %(status)s.") % names
    event = _acknowledged(incident)
    if event is None or event.actor_id == user.pk:
        return _("You have it: %(ref)s is acknowledged.") % names
    return _("%(who)s has it.") % {"who": event.actor_label or _("Somebody")}


def _acknowledged(incident: Incident) -> TimelineEvent | None:
    found = incident.events.filter(kind=EventKind.ACKNOWLEDGED).select_related("payload", "actor")
    return found.order_by("-seq").first()


def _names(incident: Incident) -> dict[str, str]:
    return {"ref": incident.ref, "status": str(incident.get_status_display()).lower()}


register(Deeds(acknowledge, note, taken))
