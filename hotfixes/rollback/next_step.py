"""What a rollback asks for next, for the incident page and for lists: one query for any number of incidents."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from hotfixes.models import Rollback, RollbackStep
from hotfixes.rollback.remarks import HALT
from hotfixes.rollback.rows import rollbacks
from incidents.models import Incident, Mode
from incidents.work.action import Action
from products.vocabulary import Verdict


def of(incidents: Sequence[Incident]) -> dict[int, Action]:
    """By the incident's primary key; none for incidents without a rollback that is under way."""
    begun = [one for one in incidents if one.remedy_at and one.mode != Mode.RETROSPECTIVE]
    found: dict[int, Action] = {}
    for rollback in _under_way(begun) if begun else ():
        found.setdefault(rollback.incident_id, action(rollback))
    return found


def _under_way(incidents: list[Incident]) -> Iterable[Rollback]:
    """The first one first; of one incident those that its page has read."""
    if len(incidents) == 1:
        return [one for one in reversed(rollbacks(incidents[0])) if one.is_open and one.back_at is None]
    rows = Rollback.objects.open().filter(incident__in=incidents, back_at=None).order_by("number")
    return rows.prefetch_related("steps")


def action(rollback: Rollback) -> Action:
    """What is not right first, then the option's own steps, then saying that it is done."""
    wrong = next((one for one in rollback.preconditions if one["verdict"] == Verdict.FAIL), None)
    steps = list(rollback.steps.all())
    if wrong and any(step.is_open and step.title == wrong["text"][:200] for step in steps):
        words = _("Go on without it by saying why, or decide anew.")
        return Action(
            "look", _("See what is wrong"), wrong["summary"], words, url=rollback.get_absolute_url()
        )
    doing = [step for step in steps if step.part == RollbackStep.Part.DO]
    step = next((one for one in doing if one.is_open), None)
    if step is None:
        return _back(rollback)
    reason = _("Step %(n)s of %(count)s of %(ref)s.") % {
        "n": doing.index(step) + 1, "count": len(doing), "ref": rollback.ref,
    }  # fmt: skip
    unknown = [one for one in rollback.preconditions if one["verdict"] == Verdict.UNKNOWN]
    if unknown and doing[0] is step:
        reason += " " + _("Not known: %(what)s") % {"what": unknown[0]["summary"]}
    hidden = (("rollback", rollback.ref), ("position", str(step.position)))
    return Action(
        "rollback_step", _("Done"), step.title, reason, tap=True, hidden=hidden, commands=tuple(step.commands)
    )


def _back(rollback: Rollback) -> Action:
    hidden = (("rollback", rollback.ref),)
    if rollback.option.get("kind") == HALT:
        words = _("Say how many have it already: the store console shows it.")
        return Action("say_back", _("It is halted"), _("Is the rollout halted?"), words, hidden=hidden)
    version = rollback.to_version or _("the version before")
    title = _("Does %(version)s run again?") % {"version": version}
    words = _("It says so itself as soon as a script or a service reports it. Saying it tells the others.")
    return Action("say_back", _("It is rolled back"), title, words, tap=True, hidden=hidden)
