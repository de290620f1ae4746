"""The next action that a check asks for: what is wrong or waited for, the line for a terminal, and to look again."""

from django.utils.translation import gettext as _

from incidents.work.action import Action
from incidents.work.steps import StepView
from incidents.work.verdicts import Shown
from incidents.work.work import Work, role_label
from products.vocabulary import Verdict


def action(check: Shown, step: StepView | None, work: Work) -> Action | None:
    """None where the step itself knows better: its message is sent by a person, and words are a person's.

    What is wrong comes before every step; what is only waited for belongs to the step that is under way.
    """
    if check.verdict == Verdict.FAIL:
        return _wrong(check)
    if step is None or step.message or not check.watched or check.key not in (step.spec.get("checks") or []):
        return None
    reason = (
        f"{check.summary} {_('It ticks itself as soon as it is pushed.')}"
        if check.commands
        else check.summary
    )
    return Action(
        "look_again", _("Look again"), step.title, f"{where(step, work)} {reason}",
        tap=True, hidden=_of(check), commands=check.commands,
    )  # fmt: skip


def _wrong(check: Shown) -> Action:
    title = f"{check.about}: {check.summary}" if check.about else check.summary
    if not check.watched:
        return Action(
            "look", _("See what is wrong"), title, check.next_text, url=check.url, commands=check.commands
        )
    return Action(
        "look_again", _("Look again"), title, check.next_text,
        tap=True, hidden=_of(check), commands=check.commands,
    )  # fmt: skip


def _of(check: Shown) -> tuple[tuple[str, str], ...]:
    return (("hotfix", check.ref),)


def where(step: StepView, work: Work) -> str:
    """ "Step 6 of 11. Release Engineer: Ada." """
    count = len(work.document.get("steps") or [])
    words = _("Step %(n)s of %(count)s.") % {"n": step.number, "count": count}
    role = role_label(work, step.spec.get("role") or "")
    if not role:
        return words
    who = work.holders.get(step.spec["role"]) or _("nobody yet")
    return f"{words} {role}: {who}."
