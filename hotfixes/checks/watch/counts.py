"""What error logs and users' reports came to since the deployment (K60, K62, K63). No count is never none."""

from typing import Any

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.deploy import timeline
from hotfixes.checks.shapes import Next, Result, failed, passed, pending, stated, unknown, warned, when
from hotfixes.checks.watched import Reckoned, reckon
from hotfixes.checks.words import by_evidence, by_word


def errors(context: Context) -> Result:
    said = _("Can't tell: nothing has told us how many errors there are since the deployment.")
    then = Next(_("Look at the error log and say how many, or let a script send it (POST /tallies)."))
    return _counted(context, "errors", unknown(said, then=then))


def user_reports(context: Context) -> Result:
    then = Next(_("Look at what users report, and say how many still have the problem."))
    return _counted(
        context,
        "user_reports",
        pending(_("Nobody has said what users report since the deployment."), then=then),
    )


def _counted(context: Context, key: str, nothing: Result) -> Result:
    since = timeline.in_use(context)
    if since is None:
        return pending(_("It comes after the deployment."))
    found = _reckoned(context, key)
    if found and found.count and found.worse is not False:
        return _more(key, found)
    word = by_evidence(context, key, after=since) or by_word(context, key, after=since)
    if word or found is None:
        return word or nothing
    return _well(context, key, found)


def _reckoned(context: Context, key: str) -> Reckoned | None:
    since = timeline.in_use(context)
    if since is None:
        return None
    watch = context.watch
    needed = (watch.ended_at or watch.ends_at) if watch else None
    now = context.now or since
    return reckon(context.tallies, key, deployed_at=since, needed=max(needed or now, since))


def _words(key: str, found: Reckoned) -> dict[str, Any]:
    return {
        "n": found.count,
        "what": _("errors") if key == "errors" else _("users' reports"),
        "until": when(found.until),
        "source": found.source or found.by or "–",
        "before": found.before,
    }


def _facts(found: Reckoned) -> dict[str, Any]:
    same = ("count", "before", "source")
    return {**{name: getattr(found, name) for name in same}, "until": found.until.isoformat()}


def _more(key: str, found: Reckoned) -> Result:
    words = _words(key, found)
    then = Next(_("Look at them. If they come from the fix, decide: mend it or roll back."))
    if found.worse:
        said = _("%(n)s %(what)s until %(until)s, more than before the deployment (%(source)s).") % words
        return failed(said, *found.lines, then=then, **_facts(found))
    said = _("%(n)s %(what)s since the deployment, until %(until)s (%(source)s).") % words
    answer = failed if key == "errors" else warned
    return answer(said, *found.lines, then=then, **_facts(found))


def _well(context: Context, key: str, found: Reckoned) -> Result:
    words = _words(key, found)
    ends = context.watch is None or context.watch.state == "met"
    if not (ends and found.whole):
        said = _("%(n)s %(what)s until %(until)s; it is counted until the watch is over.") % words
        return pending(said, *found.lines, **_facts(found))
    said = _("%(n)s %(what)s from the deployment to %(until)s (%(source)s).") % words
    if found.count:
        said += " " + _("Before it there were no fewer.")
    if found.said:
        return stated(said, *found.lines, by=found.by, **_facts(found))
    return passed(said, *found.lines, **_facts(found))
