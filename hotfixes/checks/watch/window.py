"""The watch itself, and whether the problem is gone (K61, K64, K113)."""

from datetime import timedelta

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.deploy import timeline, tried
from hotfixes.checks.shapes import Next, Result, failed, not_needed, passed, pending, stated, unknown, when
from hotfixes.checks.watched import WatchFacts
from hotfixes.checks.words import by_word
from incidents.clocks.clocks import span

# What opened the incident has this long to come up after the deployment.
GRACE = timedelta(minutes=5)


def healthy_window(context: Context) -> Result:
    """By measurement; a person's word that it is over is theirs."""
    if not context.document.get("watch"):
        return by_word(context, "healthy_window", "watch_met") or not_needed(
            _("The process asks for no watch.")
        )
    ends = (
        "watch_met", "watch_failed", "smoke_failed", "deploy_failed", "rolled_back", "taken_back", "reopened",
    )  # fmt: skip
    last = timeline.last_told(context, "watch_opened", "watch_extended", *ends)
    watch = context.watch
    if last is None:
        return pending(_("The watch has not begun."))
    if last.kind == "watch_failed":
        return failed(
            _("The watch showed a fault."), last.line, then=Next(_("Decide: mend it or roll back."))
        )
    if last.kind == "watch_met":
        if watch and watch.state == "met" and not watch.said_by and not last.said:
            return _met(watch, last.line)
        said = _("The watch is over and all was well, says %s.") % (last.by or "Nightdesk")
        return stated(said, last.line, by=last.by)
    if last.kind == "smoke_failed":
        return pending(_("A smoke test failed; the watch begins again once all of them pass."), last.line)
    if last.kind == "taken_back":
        said = _("The fix was taken back; the watch begins again once it runs again.")
        return pending(said, last.line)
    if last.kind not in ("watch_opened", "watch_extended"):
        return pending(_("The watch was cut short; it begins again after the next deployment."), last.line)
    return _running(context, watch, last.line, last.at.isoformat())


def _met(watch: WatchFacts, line: str) -> Result:
    words = {"for": span(watch.counted_s or watch.least_s), "percent": int(watch.coverage or 0)}
    said = _("%(for)s were watched, %(percent)s %% of the time, and nothing failed.") % words
    facts = {"counted_s": round(watch.counted_s), "coverage": watch.coverage, "restarts": watch.restarts}
    return passed(said, line, *watch.watched[:10], **facts)


def _running(context: Context, watch: WatchFacts | None, line: str, since: str) -> Result:
    if watch and watch.why == "nobody":
        said = _("Can't tell: no monitor watches %s often enough.") % context.product
        then = Next(_("Add a monitor, or watch it yourself and say when it is over."))
        return unknown(said, line, then=then, since=since)
    words = {"for": (context.document["watch"] or {}).get("for") or "–"}
    said = _("The watch has begun; it takes %(for)s.") % words
    if watch and watch.extended_s >= 60:
        said += " " + _("It takes longer: not all of the time was watched.")
    return pending(said, line, since=since)


def fix_verified(context: Context) -> Result:
    """Somebody tried it; or what opened the incident is up since the deployment, through the watch."""
    found = tried.fix_verified(context)
    watch = context.watch
    if found.verdict in ("PASS", "STATED", "FAIL") or watch is None or not watch.origin:
        return found
    well = watch.origin_since is not None and watch.origin_since <= watch.kept_from + GRACE
    if watch.state == "met" and well and watch.origin_since:
        words = {"name": watch.origin, "since": when(watch.origin_since)}
        said = _(
            "The monitor that opened the incident, %(name)s, is up since %(since)s, all through the watch."
        )
        return passed(said % words, f"{watch.origin}: {watch.origin_since.isoformat()}")
    return found
