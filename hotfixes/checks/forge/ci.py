"""What machines say of the branch's last commit."""

import re
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotfixes.checks.context import Context
from hotfixes.checks.forge.which_pull import silence
from hotfixes.checks.shapes import Next, Result, failed, listed, passed, pending, short, unknown
from hotfixes.forges.moments import written
from hotfixes.forges.shapes import Part, Run

_FINE = ("success", "neutral", "skipped")
# Bots that look at signatures, licences, titles or previews run no test.
_NO_TEST = re.compile(
    r"\b(?:dco|cla|easycla|licen[cs]e|codeowners|preview|netlify|vercel|labels?|semantic)\b", re.I
)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def ci_passed(context: Context) -> Result:
    """On the branch's last commit, or on the one that was tagged where CI looks only at main."""
    if silent := silence(context, Part.RUNS):
        return silent
    heads = _heads(context)
    if not heads:
        return pending(_("There is no branch yet."))
    head = next((one for one in heads if runs_on(context, one)), "")
    if not head:
        said = _("Can't tell: no CI has said anything about %s.") % short(heads[0])
        then = Next(_("Look whether CI runs on this branch; without CI, run the tests and attest them."))
        return unknown(said, then=then, head=heads[0])
    runs = runs_on(context, head)
    proof = [line(run) for run in sorted(runs, key=lambda one: one.conclusion in _FINE)]
    if context.forge and (partly := context.forge.why_unread(Part.CHECKS)):
        proof.append(partly)
    facts: dict[str, Any] = {"head": head, "runs": {run.name: run.conclusion or run.state for run in runs}}
    words = {"head": short(head)}
    if bad := [run for run in runs if run.state == "completed" and run.conclusion not in _FINE]:
        words["names"] = listed([run.name for run in bad])
        then = Next(_("Look at its log, mend it and push; or run it again if it was not the fix."))
        return failed(_("CI did not pass on %(head)s: %(names)s.") % words, *proof, then=then, **facts)
    if waiting := [run for run in runs if run.state != "completed"]:
        words["names"] = listed([run.name for run in waiting])
        return pending(_("CI is still at work on %(head)s: %(names)s.") % words, *proof, **facts)
    good = [run for run in runs if run.conclusion == "success"]
    if not good:
        return unknown(_("Can't tell: on %(head)s every run of CI was skipped.") % words, *proof, **facts)
    said = ngettext("CI passed on %(head)s: %(n)s run.", "CI passed on %(head)s: %(n)s runs.", len(good))
    return passed(said % {**words, "n": len(good)}, *proof, **facts)


def proven(context: Context) -> Run | None:
    """A run that tests, when everything that CI says of the branch's last commit is well; None else."""
    tip = context.tip
    if tip is None or context.forge is None or context.forge_trouble or context.forge.why_unread(Part.RUNS):
        return None
    runs = runs_on(context, tip)
    if any(run.state != "completed" or run.conclusion not in _FINE for run in runs):
        return None
    return next((run for run in runs if run.conclusion == "success" and not _NO_TEST.search(run.name)), None)


def runs_on(context: Context, head: str) -> list[Run]:
    """The last run of each name: one that was started again counts by its last result."""
    last: dict[str, Run] = {}
    found = [run for run in context.forge.runs if run.head == head] if context.forge else []
    for run in sorted(found, key=lambda one: one.at or _LONG_AGO):
        last[run.name] = run
    return list(last.values())


def _heads(context: Context) -> list[str]:
    tagged = context.tag.commit if context.tag else None
    return [one for one in dict.fromkeys((context.tip, tagged)) if one]


def line(run: Run) -> str:
    at = written(run.at) if run.at else "–"
    return f"{at} {run.name[:120]}: {run.conclusion or run.state} {run.url}".strip()
