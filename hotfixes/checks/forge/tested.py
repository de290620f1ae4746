"""What proves that the tests ran and passed on the branch's last commit: CI, or what a script sent (K28, A23)."""

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.facts import Shown
from hotfixes.checks.forge.ci import line, proven
from hotfixes.checks.shapes import Next, Result, failed, passed, short

SHORTEST = 7


def tested(context: Context) -> Result | None:
    """None while nothing but people's words is known of it. The last evidence counts: tests that failed may be mended
    by running them again, and those that passed may fail later.
    """
    last = _last(context)
    words = {"head": short(context.tip)}
    if last is not None and last.passed is False:
        said = _("The tests failed on %(head)s: %(what)s") % {**words, "what": last.summary[:200] or "–"}
        then = Next(_("Mend it and push, or run them again and send the result."))
        return failed(said, last.line, then=then, commit=context.tip)
    if last is not None:
        said = _("The tests passed on %(head)s, as sent by %(by)s.") % {**words, "by": last.by or "?"}
        return passed(said, last.line, commit=context.tip, by=last.by, url=last.url)
    if run := proven(context):
        said = _("CI passed on %(head)s: %(name)s.") % {**words, "name": run.name[:120]}
        return passed(said, line(run), commit=context.tip, url=run.url)
    return None


def _last(context: Context) -> Shown | None:
    """Of the tests, on this very commit; a result that names no commit proves nothing of it."""
    tip = context.tip
    if not tip:
        return None
    ours = [one for one in context.evidence if one.kind == "tests" and one.passed is not None]
    ours = [one for one in ours if len(one.head) >= SHORTEST and tip.startswith(one.head.lower())]
    return max(ours, key=lambda one: one.at, default=None)
