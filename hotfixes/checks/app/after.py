"""The time after the deployment: what people looked at, and the watch (K61–K64, K113). Silence proves nothing."""

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.deploy import timeline
from hotfixes.checks.deploy.tried import fix_verified
from hotfixes.checks.shapes import Next, Result, failed, not_needed, pending, stated, unknown
from hotfixes.checks.words import by_evidence, by_word

__all__ = ["errors", "fix_verified", "healthy_window", "user_reports"]


def user_reports(context: Context) -> Result:
    since = timeline.in_use(context)
    if since is None:
        return pending(_("It comes after the deployment."))
    word = by_evidence(context, "user_reports", after=since) or by_word(context, "user_reports", after=since)
    then = Next(_("Look at what users report, and say how many still have the problem."))
    return word or pending(_("Nobody has said what users report since the deployment."), then=then)


def errors(context: Context) -> Result:
    """No source of errors is read yet, so that nobody has complained is not known to be good."""
    since = timeline.in_use(context)
    if since is None:
        return pending(_("It comes after the deployment."))
    word = by_evidence(context, "errors", after=since) or by_word(context, "errors", after=since)
    said = _("Can't tell: nothing has told us how many errors there are since the deployment.")
    then = Next(_("Look at the error log and say what you saw, or let a script send it as evidence."))
    return word or unknown(said, then=then)


def healthy_window(context: Context) -> Result:
    """The watch. That its time is over is said by a person; what monitors saw meanwhile is judged elsewhere."""
    if not context.document.get("watch"):
        return by_word(context, "healthy_window", "watch_met") or not_needed(
            _("The process asks for no watch.")
        )
    ends = ("watch_met", "watch_failed", "smoke_failed", "deploy_failed", "rolled_back", "reopened")
    last = timeline.last_told(context, "watch_opened", "watch_extended", *ends)
    if last is None:
        return pending(_("The watch has not begun."))
    if last.kind in ("watch_opened", "watch_extended"):
        words = {"for": (context.document["watch"] or {}).get("for") or "–"}
        return pending(
            _("The watch has begun; it takes %(for)s.") % words, last.line, since=last.at.isoformat()
        )
    if last.kind == "watch_met":
        said = _("The watch is over and all was well, says %s.") % (last.by or "Nightdesk")
        return stated(said, last.line, by=last.by)
    if last.kind == "watch_failed":
        return failed(
            _("The watch showed a fault."), last.line, then=Next(_("Decide: mend it or roll back."))
        )
    return pending(_("The watch was cut short; it begins again after the next deployment."), last.line)
