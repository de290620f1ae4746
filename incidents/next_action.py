"""The one thing to do next, with its reason.

Loud on the page, everything else is quiet (DESIGN.md §7, UX.md).
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from incidents.models import Incident, Status
from monitoring.states import State
from products.vocabulary import CONTAINED


@dataclass(frozen=True)
class Action:
    """`verb` names the address; `tap` says that it needs no words: one button does it."""

    verb: str
    label: str
    title: str
    reason: str
    tap: bool = False


def next_action(incident: Incident, *, monitor_state: str | None = None) -> Action | None:
    """The earliest thing whose absence makes later things wrong.

    Somebody on it, the severity right, somebody leading, damage contained, over.
    """
    if not incident.is_open:
        return None
    for rule in (_acknowledge, _confirm, _recovered, _lead, _mitigate):
        action = rule(incident, monitor_state)
        if action:
            return action
    return Action("resolve", _("Resolve"), _("Is it over?"), _("Resolve it once people can work again."))


def _acknowledge(incident: Incident, state: str | None) -> Action | None:
    if incident.acknowledged_at or incident.status == Status.MONITORING:
        return None
    return Action(
        "acknowledge",
        _("Acknowledge"),
        _("Nobody has this yet"),
        _("Acknowledging tells the others that you are on it."),
        tap=True,
    )


def _confirm(incident: Incident, state: str | None) -> Action | None:
    if incident.status != Status.TRIAGE:
        return None
    return Action(
        "confirm_severity",
        _("Confirm %(severity)s") % {"severity": incident.severity.label},
        _("Is it really %(severity)s?") % {"severity": incident.severity.label},
        _("The clocks follow the severity. Not sure? Keep the higher one."),
        tap=True,
    )


def _recovered(incident: Incident, state: str | None) -> Action | None:
    if state != State.UP:
        return None
    return Action(
        "resolve", _("Resolve"), _("The monitor is up again"), _("If people can work again, resolve it.")
    )


def _lead(incident: Incident, state: str | None) -> Action | None:
    if incident.lead_id:
        return None
    return Action(
        "lead",
        _("Take the lead"),
        _("Nobody leads this yet"),
        _("One person decides what is tried next."),
        tap=True,
    )


def _mitigate(incident: Incident, state: str | None) -> Action | None:
    if incident.status != Status.ACTIVE:
        return None
    return Action(
        "mitigate",
        str(CONTAINED),
        _("Contain the damage first"),
        _("Switch it off, fail over, stop the rollout. Saying so stops the response clock."),
    )
