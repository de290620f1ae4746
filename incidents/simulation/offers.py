"""Which moves make sense at a moment: what comes next first, then what else may happen, also what goes wrong."""

from dataclasses import replace

from django.utils.translation import gettext as _

from incidents.lifecycle import setbacks
from incidents.messages import messages
from incidents.models import OPEN, Incident, Status
from incidents.roles import holding
from incidents.simulation import moves
from incidents.simulation.moves import Offered
from incidents.work import steps
from incidents.work.next_action import Action, next_action
from incidents.work.report import SAID, possible
from incidents.work.work import Work
from products.vocabulary import CONTAINED, EventKind

# What can go wrong once something of it has happened.
SETBACKS = {
    EventKind.DEPLOY_FAILED: (EventKind.HOTFIX_STARTED, EventKind.ROLLBACK_STARTED),
    EventKind.SMOKE_FAILED: (EventKind.DEPLOYED,),
    EventKind.WATCH_FAILED: (EventKind.DEPLOYED,),
}


def offers(incident: Incident, known: Work) -> list[Offered]:
    """Each move once; the first one of the group `next` is the one thing to do."""
    found = [
        *_next(incident, known),
        *_registered(incident, known),
        *_step(incident, known),
        *_tell(incident, known),
    ]
    found += [*_facts(incident, known), *_roles(incident), *_severities(incident), *_ends(incident)]
    once: dict[tuple[str, str], Offered] = {}
    for one in found:
        once.setdefault((one.verb, one.of), one)
    return list(once.values())


def action_of(incident: Incident, known: Work) -> Action | None:
    return next_action(incident, work=known)


def _next(incident: Incident, known: Work) -> list[Offered]:
    if again := _again(incident, known):
        return [again]
    action = action_of(incident, known)
    if action is None:
        return []
    # What only leads a reader somewhere is no move: resolving is allowed meanwhile, unless a decision waits.
    if action.place or action.anchor or action.verb not in {verb.name for verb in moves.known()}:
        return [Offered("resolve", "", _("Resolve"), "next")] if known.remedy else []
    given = dict(action.hidden)
    of = given.get("step") or given.get("kind") or given.get("message") or ""
    if action.verb == "send_message" and not of:
        step = steps.next_step(incident, known)
        of = step.message if step else ""
    return [Offered(action.verb, of, str(action.label), "next")]


def _again(incident: Incident, known: Work) -> Offered | None:
    """What does not hold is decided anew: a fix is gone back from, a rollback is mended."""
    if not incident.is_open or setbacks.standing(known.story.events) is None:
        return None
    event = setbacks.standing(known.story.events)
    anew = setbacks.went_back(known) or (event is not None and event.kind == EventKind.TAKEN_BACK)
    choice = "hotfix" if anew else "rollback"
    offered = [one for one in _registered(incident, known) if one.verb == "decide"]
    found = next((one for one in offered if one.of.partition(".")[0] == choice), None)
    return replace(found, group="next") if found else None


def _registered(incident: Incident, known: Work) -> list[Offered]:
    return [one for verb in moves.known() if verb.offers for one in verb.offers(incident, known)]


def _step(incident: Incident, known: Work) -> list[Offered]:
    """The current step, when the process works by steps and none of them is the next action."""
    step = steps.next_step(incident, known) if incident.is_open else None
    if step is None or not known.remedy:
        return []
    found = [] if step.message else [Offered("finish_step", step.key, step.label, "step")]
    if step.spec.get("if_needed"):
        found.append(Offered("skip_step", step.key, _("Not needed: %(step)s") % {"step": step.title}, "step"))
    return found


def _tell(incident: Incident, known: Work) -> list[Offered]:
    if incident.status not in messages.SENT_IN:
        return []
    due = [one for one in messages.messages(incident, known) if one.state == "due"]
    told = [
        Offered("send_message", one.key, _("Send: %(title)s") % {"title": one.title}, "tell") for one in due
    ]
    asked = incident.is_open and incident.update_due_at
    return [*told, *([Offered("update", "", _("Send a status update"), "tell")] if asked else [])]


def _facts(incident: Incident, known: Work) -> list[Offered]:
    """What goes wrong, and what a watch comes to."""
    kinds = [event.kind for event in known.story.events]
    if incident.status not in (*OPEN, Status.RESOLVED):
        return []
    found = [
        Offered("report", kind, str(SAID[kind]), "setback")
        for kind, after in SETBACKS.items()
        if set(after) & set(kinds) and possible(kind, kinds)
    ]
    over = EventKind.WATCH_MET
    if EventKind.DEPLOYED in kinds and possible(over, kinds):
        found.append(Offered("report", over, str(SAID[over]), "step"))
    return found


def _roles(incident: Incident) -> list[Offered]:
    if not incident.is_open:
        return []
    return [
        Offered("claim", role.role, _("%(role)s is taken") % {"role": role.label}, "role")
        for role in holding.holders(incident)
        if role.user is None
    ]


def _severities(incident: Incident) -> list[Offered]:
    if not incident.is_open:
        return []
    others = incident.process_version.severities.exclude(pk=incident.severity_id).order_by("position")
    return [
        Offered("change_severity", one.key, _("It is %(severity)s") % {"severity": one.label}, "severity")
        for one in others
    ]


def _ends(incident: Incident) -> list[Offered]:
    found = []
    if incident.status in (Status.TRIAGE, Status.ACTIVE):
        found += [Offered("mitigate", "", str(CONTAINED), "end"), Offered("decline", "", _("Decline"), "end")]
    if incident.is_open:
        found.append(Offered("resolve", "", _("Resolve"), "end"))
    elif incident.status == Status.RESOLVED:
        found += [Offered("close", "", _("Close"), "end"), Offered("reopen", "", _("It came back"), "end")]
    return found
