"""Whether what runs in production says that it is the new version (K56, A38)."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.deploy import timeline
from hotfixes.checks.facts import Seen
from hotfixes.checks.naming import newer, released
from hotfixes.checks.process import deploys_to
from hotfixes.checks.shapes import Next, Result, failed, listed, passed, pending, unknown, warned
from products.versions import bare

ASKED_BY = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))


def version_live(context: Context) -> Result:
    """A service that was not asked since the deployment has said nothing of it."""
    kind = deploys_to(context)
    seen, since = [one for one in context.versions if one.kind == kind], timeline.went_live(context)
    if not seen:
        said = _("Can't tell: nothing that runs there says its version.")
        then = Next(
            _("Let a script ask what runs for its version and send it; the line to copy is on this page.")
        )
        return unknown(said, then=then)
    back = timeline.gone_back(context)
    new = [one for one in seen if _is_new(context, one) and (back is None or one.at > back)]
    rest = [one for one in seen if one not in new]
    facts = {one.where: one.version for one in seen}
    lines = [one.line for one in seen[:20]]
    if since is None:
        return _not_deployed(context, new, rest, lines, facts)
    unread = [one for one in rest if one.at < since or _is_new(context, one)]
    wrong = [one for one in rest if one not in unread]
    ahead = [one for one in wrong if newer(context, one.version)]
    words = {"new": context.known["new"], "hosts": listed([f"{one.where} ({one.version})" for one in wrong])}
    if len(wrong) > len(ahead):
        said = _("%(new)s is deployed, but these report another version: %(hosts)s.") % words
        then = Next(_("See whether they were restarted, or deploy to them again."))
        return failed(said, *lines, then=then, versions=facts)
    if ahead:
        said = _("Something newer than %(new)s is running already: %(hosts)s.") % words
        return warned(said, *lines, then=Next(_("See that it holds the fix.")), versions=facts)
    if unread:
        words["hosts"] = listed([one.where for one in unread])
        said = _("Not asked since the deployment: %(hosts)s.") % words
        return pending(said, *lines, versions=facts, **asked_by(context, since))
    return passed(_("All that say their version run %(new)s.") % words, *lines, versions=facts)


def asked_by(context: Context, since: datetime) -> dict[str, Any]:
    """When to look whether they were asked meanwhile; nothing says so by itself."""
    times = (since + after for after in ASKED_BY)
    due = next((at for at in times if context.now and at > context.now), None)
    return {"due_at": due.isoformat()} if due else {}


def _not_deployed(
    context: Context, new: list[Seen], rest: list[Seen], lines: list[str], facts: dict[str, str]
) -> Result:
    words = {"new": context.known["new"], "versions": listed(sorted({one.version for one in rest}))}
    if not rest:
        return passed(_("All that say their version run %(new)s.") % words, *lines, versions=facts)
    if new:
        said = _("Some run %(new)s, others still %(versions)s.") % words
        return pending(said, *lines, versions=facts)
    return pending(_("What runs there is %(versions)s.") % words, *lines, versions=facts)


def _is_new(context: Context, one: Seen) -> bool:
    """By its version, or by the commit where a service reports that."""
    new = context.known["new"]
    return bool(new) and (bare(one.version) == new or released(context, one.version) is True)
