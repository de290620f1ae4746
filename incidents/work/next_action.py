"""The one thing to do next, with its reason.

Loud on the page, everything else is quiet.
"""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from incidents.lifecycle import setbacks
from incidents.lifecycle.triage import waits
from incidents.messages import gone, letters
from incidents.messages.messages import messages
from incidents.models import Incident, Status, TimelineEvent
from incidents.roles import holding
from incidents.work import next_check, remaining
from incidents.work.action import Action as Action
from incidents.work.report import SAID
from incidents.work.retold import asks_when
from incidents.work.stated import ASKED_AGAIN
from incidents.work.steps import StepView, steps
from incidents.work.verdicts import NOTHING, Known
from incidents.work.work import Work
from monitoring.states import State
from products.vocabulary import CONTAINED, EventKind

# What main and the next release lack while it is open, though the fix runs.
BEHIND_IT = (EventKind.MERGED, EventKind.TAGGED)


def next_action(
    incident: Incident,
    *,
    monitor_state: str | None = None,
    work: Work | None = None,
    decides: str = "",
    checks: Known = NOTHING,
    reader: User | None = None,
) -> Action | None:
    """The earliest thing whose absence makes later things wrong.

    Somebody on it, the severity right, what the remedy under way asks for next, the decision, somebody leading, damage
    contained, over. `work` is what is known of the steps; without it a remedy under way is not spoken of. `decides` is
    the role in which the reader decides, if they do. `checks`: what is known of the remedy's checks, and what is asked
    of `reader`.
    """
    if not incident.is_open:
        return None
    asked = checks.asked_of(reader.pk, incident.lead_id) if reader else None
    first = _acknowledge(incident, monitor_state, work) or asked
    action = first or _next(incident, monitor_state, work, decides, checks, reader)
    # What is entered afterwards asks when it was: no tap says that.
    return replace(action, tap=False) if action and asks_when(incident, action.verb) else action


def _next(
    incident: Incident,
    monitor_state: str | None,
    work: Work | None,
    decides: str,
    checks: Known,
    reader: User | None,
) -> Action | None:
    begun = work.remedy if work else ""
    if begun and work:
        action = (
            _confirm(incident, monitor_state)
            or setbacks.action(work, decides)
            or gone.action(work)
            or _remedy(incident, work, checks)
        )
        action = action or remaining.watching(incident, work, reader)
        action = action or remaining.afterwards(incident, work)
        return action or remaining.boxes(work) or _over()
    for rule in (_recovered, _confirm, _plan):
        if action := rule(incident, monitor_state):
            return action
    if work and (action := setbacks.action(work, decides)):
        return action
    if decides and work and (action := decision(incident, decides, work)):
        return action
    early = _lead(incident, monitor_state) or _mitigate(incident, monitor_state)
    return early or (_awaited(incident, work) if work else None) or _over()


def undecided(incident: Incident, work: Work) -> bool:
    """Nobody has decided since it was opened."""
    return incident.is_open and _decided(work) is None


def decision(incident: Incident, role: str, work: Work) -> Action | None:
    """For who decides as `role`: everybody else waits for it (K138). None once it is decided and holds."""
    if again := setbacks.action(work, role):
        return again
    if not undecided(incident, work):
        return None
    return Action(
        "decide",
        _("Decide"),
        _("Hotfix or rollback?"),
        _("You decide as %(role)s. The others wait for it.") % {"role": role},
        place="decision_card",
    )


def _awaited(incident: Incident, work: Work) -> Action | None:
    """It is contained and nobody has said how it is mended (A37): the others are told whom to ask."""
    roles = [role.label for role in holding.roles_of(incident) if role.decides]
    if not roles or not undecided(incident, work):
        return None
    who = ", ".join(str(user) for user in holding.deciders(incident))
    title = (
        _("%(who)s: hotfix or rollback?") % {"who": who}
        if who
        else _("Nobody is listed as %(role)s") % {"role": _(" or ").join(roles)}
    )
    words = _(
        "The damage is contained, how it is mended is not decided. Ask. If people can work again, resolve it."
    )
    return Action("decide", _("See what is known"), title, words, place="decision_card")


def _over() -> Action:
    return Action("resolve", _("Resolve"), _("Is it over?"), _("Resolve it once people can work again."))


def _remedy(incident: Incident, work: Work, checks: Known) -> Action | None:
    """What a check asks for, the next step of the hotfix, or the end of the rollback."""
    if work.remedy == EventKind.ROLLBACK_STARTED:
        back = work.story.since(work.story.last(EventKind.ROLLBACK_STARTED)).last(EventKind.ROLLED_BACK)
        return (None if back else checks.rollback) or _rollback(work)
    step = _step_due(steps(incident, work), checks)
    if checks.next and (action := next_check.action(checks.next, step, work)):
        return action
    if step is None:
        return None
    reason = next_check.where(step, work)
    if step.message:
        return _send(incident, step.message, step.title, reason)
    hidden = (("step", step.key),)
    tap = step.kind not in ASKED_AGAIN
    return Action("finish_step", step.label, step.title, reason, tap=tap, hidden=hidden)


def _step_due(found: list[StepView], checks: Known) -> StepView | None:
    """The first open one. Of what a running fix has left behind only what a look can still show, such as the merge;
    what asks for a person's tick alone is entered afterwards."""
    asked = checks.next.key if checks.next and checks.next.watched else ""
    seen = (
        step for step in found
        if step.afterwards and step.kind in BEHIND_IT and asked in (step.spec.get("checks") or [])
    )  # fmt: skip
    return next(seen, None) or next((step for step in found if step.current), None)


def _rollback(work: Work) -> Action | None:
    """The option's own steps, then whether it is well again, then telling people."""
    back = work.story.since(work.story.last(EventKind.ROLLBACK_STARTED)).last(EventKind.ROLLED_BACK)
    if back:
        return _verify(work, back) or _tell(work)
    words = _("Follow the option that was chosen. Saying that it is done tells the others.")
    hidden = (("kind", str(EventKind.ROLLED_BACK)),)
    label = str(SAID[EventKind.ROLLED_BACK])
    return Action("report", label, _("Roll back"), words, tap=True, hidden=hidden)


def _verify(work: Work, back: TimelineEvent) -> Action | None:
    if not work.document.get("smoke") or work.story.since(back).last(EventKind.SMOKE_PASSED):
        return None
    if back.data.get("halted"):  # who has the version keeps it: there is nothing to try
        return None
    tests = "; ".join(str(one["title"]) for one in work.document["smoke"])
    kind = EventKind.SMOKE_PASSED
    reason = _("It is rolled back. Try it: %(tests)s.") % {"tests": tests}
    return Action(
        "report", str(SAID[kind]), _("Is it well again?"), reason, tap=True, hidden=(("kind", str(kind)),)
    )


def _tell(work: Work) -> Action | None:
    due = next((one for one in messages(work.incident, work) if one.state == "due"), None)
    if due is None:
        return None
    return _send(work.incident, due.key, _("Tell people"), str(due.title))


def _send(incident: Incident, key: str, title: str, reason: str) -> Action:
    """To the page that sends it; what only people may tell, to the form that records where they did."""
    hidden = (("message", key),)
    if letters.shut(incident):
        return Action("send_message", _("I told them elsewhere"), title, reason, hidden=hidden)
    url = reverse("message", args=[incident.ref, key])
    return Action("send_message", _("Preview and send"), title, reason, hidden=hidden, url=url)


def _acknowledge(incident: Incident, state: str | None, work: Work | None) -> Action | None:
    """Deciding is not acknowledging, which has a clock of its own; but then somebody has looked at it."""
    if incident.acknowledged_at or incident.status == Status.MONITORING:
        return None
    made = _decided(work) if work else None
    title = _("Nobody has this yet")
    if made and work:
        words = {
            "who": made.actor_label,
            "at": setbacks.said_at(work.at(made), incident.product.team.time_zone),
        }
        title = _("%(who)s decided at %(at)s; nobody has acknowledged it") % words
    reason = _("Acknowledging tells the others that you are on it.")
    return Action("acknowledge", _("Acknowledge"), title, reason, tap=True)


def _decided(work: Work) -> TimelineEvent | None:
    """The decision since it was opened the last time."""
    return work.story.since(work.story.last(EventKind.REOPENED)).last(EventKind.DECIDED)


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
        "resolve",
        _("Resolve"),
        _("Is it over?"),
        _("The monitor is up again. If people can work again, resolve it."),
    )


def _plan(incident: Incident, state: str | None) -> Action | None:
    """A20, C5, C6: the default, not a gate; a hotfix may still be begun."""
    if not waits(incident):
        return None
    words = {"severity": incident.severity.label, "release": incident.severity.defer_to}
    return Action(
        "defer",
        _("Leave it for %(release)s") % words,
        _("%(severity)s waits for %(release)s") % words,
        _("Its clocks go on until it is planned, or a hotfix begins."),
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
