"""Build numbers: on mobile the one behind the plus goes up with the version (K33)."""

from django.utils.translation import gettext as _

from hotfixes.git.reader import NoFile
from hotfixes.version_files import Unknown, Version

_DIGITS = 12


def wrong_build(rule: str | None, path: str, old: Version | Unknown | NoFile | None, new: Version) -> str:
    """What is wrong with the build number, "" when nothing is. `rule`: plus-one, greater or None."""
    before = old.build if isinstance(old, Version) else ""
    if rule is None or not (before or new.build):
        return ""
    was, now = _number(before), _number(new.build)
    words = {
        "path": path,
        "was": before or "–",
        "now": new.build or "–",
        "next": was + 1 if was is not None else "?",
    }
    if before and was is None:
        return _("Nothing can be counted on from the build number in %(path)s, %(was)s.") % words
    if now is None:
        return _("%(path)s has no build number any more; it was %(was)s.") % words
    if was is None or (now == was + 1 if rule == "plus-one" else now > was):
        return ""
    if rule == "plus-one":
        return _("The build number in %(path)s is %(now)s; after %(was)s comes %(next)s.") % words
    return _("The build number in %(path)s is %(now)s; it must be greater than %(was)s.") % words


def to_write(
    rule: str | None, version: str, old: Version | Unknown | NoFile | None, new: object = None
) -> str:
    """What is to stand in the file: the version, and the build number that `rule` wants where the file had one. `new`:
    what stands there now.
    """
    was = _number(old.build) if isinstance(old, Version) else None
    if rule is None or was is None or not isinstance(old, Version):
        return version
    now = _number(new.build) if isinstance(new, Version) else None
    build = now if rule == "greater" and now is not None and now > was else was + 1
    if "+" in old.text:
        return f"{version}+{build}"
    return _("%(version)s (build number %(build)s)") % {"version": version, "build": build}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
