"""The age of the last update and when the next one is due, on the incident page, and the verbs beside it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from accounts.access import allowed, signed_in
from accounts.models import User
from incidents import glance, panels
from incidents.forms.updates import UpdateForm
from incidents.messages import letters, rhythm, updates
from incidents.models import Incident
from incidents.page.actions import OFFERS, Offer
from incidents.work import work


def _applies(incident: Incident, user: User) -> bool:
    return incident.is_open and bool(incident.update_due_at or rhythm.every(incident))


def _panel(request: HttpRequest, incident: Incident) -> str:
    now, user = glance.now(incident), signed_in(request)
    known = work.of(incident)
    told = (event for event in known.story.events if event.kind in rhythm.TOLD)
    # What is told afterwards of an hour ago is not the last that people heard.
    last = max(told, key=known.at, default=None)
    due: datetime | None = incident.update_due_at
    context = {
        "incident": incident,
        "last": last,
        "since": known.at(last) if last else incident.declared_at,
        "due": due,
        "late": due is not None and due <= now,
        "snoozed": incident.remind_at
        if due and incident.remind_at and incident.remind_at > max(due, now)
        else None,
        "may": allowed(user, "update", incident),
        "now": now,
        "zone": user.time_zone or incident.product.team.time_zone,
    }
    return render_to_string("incidents/updates.html", context, request)


def _snooze(incident: Incident, *, by: User, at: Any = None) -> object:
    return updates.snooze(incident, by=by)


def _stop(incident: Incident, *, by: User, at: Any = None) -> object:
    return updates.stop(incident, by=by)


def _warned(incident: Incident) -> list[str]:
    return [words] if (words := letters.shut(incident)) else []


panels.register(panels.Panel("updates", panels.PEOPLE, _applies, _panel, "people", "beside"))

OFFERS.update(
    (offer.verb, offer)
    for offer in (
        Offer(
            "update", _("Send an update"), updates.update, UpdateForm,
            _("In a sentence or two: what is known, what is being done, when they hear more."), warn=_warned,
        ),
        Offer(rhythm.SNOOZE, _("Remind in 15 min"), _snooze, action="update", statuses=()),
        Offer(rhythm.STOP, _("Stop reminding"), _stop, action="update", statuses=()),
    )
)  # fmt: skip
