"""How long after the approval it went out, and whether everything came before it that must (K57, K91, K97).

Counted by when we heard of it, or by the forge's clock; a script's own clock can only state.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotfixes.checks.context import Context
from hotfixes.checks.deploy import timeline
from hotfixes.checks.facts import Deployed, Told
from hotfixes.checks.process import clock, commands
from hotfixes.checks.shapes import Next, Result, failed, not_needed, passed, pending, stated, unknown, warned
from incidents.clocks.clocks import span
from products.vocabulary import ClockKind


def within_limit(context: Context) -> Result:
    done = timeline.first_success(context)
    if done is not None and (wrong := _untested(context, done)) is not None:
        return wrong
    if context.deploy_limit_s is None:
        return not_needed(_("The process sets no time between approval and deployment."))
    if done is not None:
        return _measured(context, done)
    said, approval = timeline.said_deployed(context), approved(context, None)
    if said is not None:
        return _said(context, said)
    if approval is None:
        return pending(_("The time counts from the approval: %s minutes.") % (context.deploy_limit_s // 60))
    return _running(context, approval)


def approved(context: Context, at: datetime | None) -> Told | None:
    """The approval that held at `at` (None: now), unless it was dismissed before."""
    known = [one for one in context.told if at is None or one.at <= at]
    words = sorted(
        (one for one in known if one.kind in ("approved", "approval_dismissed")), key=lambda one: one.at
    )
    return words[-1] if words and words[-1].kind == "approved" else None


def heard(one: Deployed) -> datetime:
    """When it happened by a clock that the teller does not set."""
    return one.at if one.source == "forge" or one.received is None else max(one.at, one.received)


def _measured(context: Context, done: Deployed) -> Result:
    approval = approved(context, done.at)
    if approval is None:
        late = approved(context, None)
        if late is not None and late.at > done.at:
            said = _("It was deployed before it was approved.")
            then = Next(_("Let somebody look at it now, and say in the postmortem why."))
            return failed(said, done.line, late.line, then=then, order="deployed before approved")
        return unknown(_("Can't tell: it is deployed, and no approval is known to count from."), done.line)
    limit = timedelta(seconds=context.deploy_limit_s or 0)
    took, own = heard(done) - approval.at, done.at - approval.at
    facts: dict[str, Any] = {
        "minutes": minutes(took),
        "limit_minutes": minutes(limit),
        "from": approval.at.isoformat(),
    }
    proof = (approval.line, done.line)
    words = {"took": spoken(minutes(took)), "limit": spoken(minutes(limit)), "own": spoken(minutes(own))}
    if took > limit and own <= limit:
        said = _("Deployed %(own)s after the approval by the script's own clock; we heard after %(took)s.")
        return stated(said % words, *proof, **facts)
    if took > limit:
        return _late(
            context,
            _("Deployed %(took)s after the approval; the limit is %(limit)s."),
            words,
            *proof,
            minutes=minutes(took),
        )
    if approval.said or done.said:
        said = _("Deployed %(took)s after the approval, as people said; the limit is %(limit)s.")
        return stated(said % words, *proof, **facts)
    return passed(_("Deployed %(took)s after the approval; the limit is %(limit)s.") % words, *proof, **facts)


def _said(context: Context, done: Told) -> Result:
    approval, limit = approved(context, done.at), timedelta(seconds=context.deploy_limit_s or 0)
    if approval is None:
        return unknown(_("Can't tell: it is deployed, and no approval is known to count from."), done.line)
    took = minutes(done.at - approval.at)
    words = {"took": spoken(took), "limit": spoken(minutes(limit)), "by": done.by or "?"}
    if done.at - approval.at > limit:
        text = _("Deployed %(took)s after the approval, says %(by)s; the limit is %(limit)s.")
        return _late(context, text, words, approval.line, done.line, minutes=took)
    said = _("Deployed %(took)s after the approval, says %(by)s; the limit is %(limit)s.") % words
    return stated(said, approval.line, done.line, minutes=took)


def _running(context: Context, approval: Told) -> Result:
    """No minutes in the sentence: they would be wrong a minute later. `due_at` is for who counts down."""
    due = approval.at + timedelta(seconds=context.deploy_limit_s or 0)
    words = {"due": f"{due:%H:%M} UTC", "limit": (context.deploy_limit_s or 0) // 60}
    then = Next(_("Deploy it now."), commands(context, "within_limit"))
    if context.now and context.now > due:
        text = _("Not deployed by %(due)s, %(limit)s minutes after the approval.")
        return _late(context, text, words, approval.line)
    said = _("Deploy it by %(due)s, %(limit)s minutes after the approval.") % words
    return pending(said, approval.line, then=then, due_at=due.isoformat())


def _late(context: Context, text: str, words: Mapping[str, object], *proof: str, **facts: int) -> Result:
    """A missed commitment is a failure, a missed aim is worth a look."""
    key = str((context.document.get("deploy") or {}).get("clock") or "deploy")
    promised = clock(context, key).get("kind", ClockKind.COMMITMENT) == ClockKind.COMMITMENT
    then = Next(_("Say in the postmortem what held it up."))
    return (failed if promised else warned)(text % words, *proof, then=then, **facts)


def _untested(context: Context, done: Deployed) -> Result | None:
    """Deployed although the tests had failed, or before they passed; None where nothing is known of tests."""
    tests = sorted(
        (one for one in context.evidence if one.kind == "tests" and one.passed is not None),
        key=lambda one: one.at,
    )
    before = [one for one in tests if one.at <= heard(done)]
    if (before and before[-1].passed) or not tests:
        return None
    last = before[-1] if before else tests[0]
    said = (
        _("It was deployed although the tests had failed.") if before
        else _("It was deployed before the tests had run to their end.")
    )  # fmt: skip
    then = Next(_("Run the tests now, and say in the postmortem why it went out without them."))
    return failed(said, last.line, done.line, then=then, order="deployed before tests passed")


def spoken(n: int) -> str:
    """Minutes, as limits are; from two hours on as people say such a time."""
    if n >= 120:
        return span(n * 60)
    return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}


def minutes(time: timedelta) -> int:
    """Full ones begun: 30 minutes and a second are 31, so that nothing late reads as in time."""
    return -int(-time.total_seconds() // 60)
