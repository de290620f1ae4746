"""What is built and put somewhere for people to fetch (A28, A30): known by its sha256, never by its name."""

import re
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.facts import Shown
from hotfixes.checks.process import asked, commands
from hotfixes.checks.shapes import Next, Result, failed, not_needed, passed, pending, short, warned
from hotfixes.checks.words import by_word, other_head, skipped
from hotfixes.git.trouble import GitError
from products.versions import bare

# A push without a hook is seen by the next look only.
SEEN_LATE: Final = timedelta(minutes=3)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def artifact_built(context: Context) -> Result:
    if not asked(context, "artifact_built"):
        return not_needed(_("The process asks for no artifact."))
    last = _last(_sent(context))
    if last is None:
        then = Next(
            _("Build it; the last line of the script tells Nightdesk."), commands(context, "artifact_built")
        )
        waiting = pending(_("No artifact has been reported."), then=then)
        return skipped(context, "artifact_built") or by_word(context, "artifact_built") or waiting
    return _wrong(context, last) or _named(last, _("Built: %(name)s, sha256 %(sha256)s."))


def artifact_stored(context: Context) -> Result:
    if not asked(context, "artifact_stored"):
        return not_needed(_("The process names no place for artifacts."))
    sent = _sent(context)
    stored, built = (
        _last([one for one in sent if _place(one)]),
        _last([one for one in sent if not _place(one)]),
    )
    if stored is None:
        then = Next(
            _("Copy it there, and send its sha256 as read there, with data.location."),
            commands(context, "artifact_stored"),
        )
        waiting = pending(_("Nobody has said where the artifact is kept."), then=then)
        return skipped(context, "artifact_stored") or by_word(context, "artifact_stored") or waiting
    if wrong := _wrong(context, stored):
        return wrong
    place = _place(stored)
    if built is not None and sha256(built) and sha256(stored) != sha256(built):
        said = _("What is kept at %s is not what was built: its sha256 is another one.") % place
        then = Next(_("Copy it again and compare."), commands(context, "artifact_stored"))
        return failed(said, built.line, stored.line, f"{sha256(built)} ≠ {sha256(stored) or '–'}", then=then)
    sizes = {one.data.get("size") for one in (built, stored) if one and isinstance(one.data.get("size"), int)}
    if len(sizes) > 1:
        return failed(_("What is kept at %s has another size than what was built.") % place, stored.line)
    return _named(stored, _("%(name)s is kept at %(place)s, sha256 %(sha256)s."))


def sha256(one: Shown) -> str:
    """ "" for what is none."""
    digest = str(one.data.get("sha256") or "").lower()
    return digest if _SHA256.fullmatch(digest) else ""


def _sent(context: Context) -> list[Shown]:
    return [one for one in context.evidence if one.kind == "artifact"]


def _last(sent: list[Shown]) -> Shown | None:
    return max(sent, key=lambda one: one.at, default=None)


def _place(one: Shown) -> str:
    place = one.data.get("location")
    return place[:300] if isinstance(place, str) else ""


def _wrong(context: Context, one: Shown) -> Result | None:
    """Failed, of another commit or version; None when it may be the right one."""
    if one.passed is False:
        return failed(_("It went wrong: %s") % (one.summary[:200] or "–"), one.line, then=_anew())
    if _before_the_fix(context, one):
        words = {"tip": short(context.tip)}
        said = _("The artifact names no commit and is older than the branch's last one, %(tip)s.") % words
        return pending(said, one.line, then=_anew())
    if other_head(context, one):
        said = _("The artifact was made of %s, which is not what the hotfix releases.") % one.head[:10]
        return failed(said, one.line, then=_anew(), head=one.head)
    version = one.data.get("version")
    if isinstance(version, str) and version and bare(version) != context.known["new"]:
        words = {"found": version[:40], "new": context.known["new"]}
        return failed(_("The artifact is %(found)s; the hotfix is %(new)s.") % words, one.line, then=_anew())
    return None


def _before_the_fix(context: Context, one: Shown) -> bool:
    """Whether it was sent before the last commit can have been there. What nobody can compare is not older."""
    if one.head:
        return False
    try:
        tip = context.tip
    except GitError:
        return False
    seen = next((seen.seen_at for seen in context.sightings if seen.commit == tip), None) if tip else None
    return seen is not None and one.at < seen - SEEN_LATE


def _named(one: Shown, said: str) -> Result:
    digest = sha256(one)
    name = str(one.data.get("name") or one.summary or _("the artifact"))[:120]
    if not digest:
        then = Next(_("Send data.sha256 with it: sha256sum prints it."))
        return warned(
            _("%s was reported without its sha256: nobody can compare it.") % name, one.line, then=then
        )
    words = {"name": name, "sha256": digest[:12], "place": _place(one)}
    return passed(said % words, one.line, digest, sha256=digest, name=name, location=_place(one))


def _anew() -> Next:
    return Next(_("Build it anew from the tag."))
