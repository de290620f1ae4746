"""What people or scripts tried themselves: the problem on the dev server, the fix where it runs, the way back.

A17, A25, A38, K64. A person's word is STATED; a script that says how it went is believed, as far as it names the check.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.deploy import timeline
from hotfixes.checks.deploy.live import asked_by
from hotfixes.checks.deploy.production import taken_by_another
from hotfixes.checks.facts import Monitored
from hotfixes.checks.process import commands, deploys_to
from hotfixes.checks.shapes import Next, Result, Verdict, failed, listed, not_needed, passed, pending, warned
from hotfixes.checks.words import by_evidence, by_word, shown
from products.versions import bare

# How long after a deployment what is watched must be up to say something of it.
A_WHILE: Final = timedelta(minutes=1)


def reproduced(context: Context) -> Result:
    sent = shown(context, "reproduced")
    place = str(sent.data.get("environment") or "") if sent else ""
    if sent and sent.passed and place and place not in ("dev", "development"):
        said = _("It was reproduced in %s, not on the dev server.") % place[:80]
        return warned(said, sent.line, then=Next(_("Reproduce it on the dev server, away from users.")))
    if sent and not sent.passed:
        said = _("It could not be reproduced: %s") % (sent.summary[:200] or "–")
        return failed(said, sent.line, then=Next(_("Look for what is different where it happens.")))
    then = Next(_("Reproduce it on the dev server and write down how, with a link or a log."))
    waiting = pending(_("Nobody has reproduced it yet."), then=then)
    return by_evidence(context, "reproduced") or by_word(context, "reproduced") or waiting


def verified_live(context: Context) -> Result:
    """Somebody tried it, or what watches the product is up since the deployment (A25)."""
    if (taken := timeline.taken_elsewhere(context)) is not None:
        return taken_by_another(context, taken, [])
    said = _after_deploy(context, "verified_live", _("Nobody has tried the fix on the live server yet."))
    since = timeline.in_use(context)
    if since is None or said.verdict in (Verdict.PASS, Verdict.FAIL):
        return said
    mine = [one for one in context.monitors if one.kind in ("", deploys_to(context))]
    down = [one for one in mine if one.state == "down"]
    if down:
        names = {"names": listed([one.name for one in down])}
        then = Next(_("See whether it is the fix; then try it again."))
        return failed(
            _("Since the deployment down: %(names)s.") % names, *(one.line for one in down), then=then
        )
    if said.verdict == Verdict.STATED:
        return said
    return _up(context, mine, since) or replace(said, facts={**said.facts, **asked_by(context, since)})


def _up(context: Context, mine: list[Monitored], since: datetime) -> Result | None:
    """PASS once all were looked at a while after the deployment and are up, the one that had failed among them."""
    late = [one for one in mine if one.at is None or one.at < since + A_WHILE]
    failed_once = [one for one in mine if one.origin]
    if not mine or late or any(one.state != "up" for one in mine):
        return None
    words = {"names": listed([one.name for one in failed_once or mine])}
    said = (
        _("Up since the deployment: %(names)s.")
        if not failed_once
        else _("Up again since the deployment: %(names)s.")
    )
    return passed(said % words, *(one.line for one in mine[:20]), by_monitor=True)


def fix_verified(context: Context) -> Result:
    return _after_deploy(context, "fix_verified", _("Nobody has checked yet that the problem is gone."))


def rollback_verified(context: Context) -> Result:
    """Versions that running services report say it best; a person's word states it."""
    since = _rolled_back(context)
    if since is None:
        begun = timeline.last_told(context, "rollback_started")
        if begun is not None:
            return pending(_("The rollback has begun; nobody has said that it is done."), begun.line)
        return not_needed(_("Nothing was rolled back."))
    old = context.known["old"]
    seen = [one for one in context.versions if one.kind == "production" and one.at >= since]
    lines = [one.line for one in seen[:20]]
    words = {"old": old, "versions": ", ".join(sorted({one.version for one in seen}))}
    if seen and old and any(bare(one.version) != old for one in seen):
        return failed(_("Rolled back, but what runs is %(versions)s, not %(old)s.") % words, *lines)
    if seen and old:
        return passed(_("What runs is %(old)s again.") % words, *lines)
    word = by_evidence(context, "rollback_verified", after=since)
    then = Next(_("See that the version before runs again, and that it works."))
    waiting = pending(_("Rolled back; nobody has looked yet whether it works."), then=then)
    return word or by_word(context, "rollback_verified", after=since) or waiting


def _after_deploy(context: Context, key: str, waiting: str) -> Result:
    since = timeline.in_use(context)
    if since is None:
        return pending(_("It comes after the deployment."))
    then = Next(
        _("Do again what failed before, and say what you saw, with a link or a picture."),
        commands(context, key),
    )
    word = by_evidence(context, key, after=since) or by_word(context, key, after=since)
    return word or pending(waiting, then=then)


def _rolled_back(context: Context) -> datetime | None:
    """Not by another incident: to see whether that works is its own work."""
    back = (one for one in context.deployed if one.kind == "production" and one.status == "rolled_back")
    reports = [one.at for one in back if not one.elsewhere]
    last = timeline.last_told(context, "rolled_back")
    return max([*reports, *([last.at] if last else [])], default=None)
