"""Whose word is known about a check: people's, by a tick, an attestation or an event; a script's, by its evidence."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.facts import Shown, Told
from hotfixes.checks.naming import released
from hotfixes.checks.shapes import Result, failed, not_needed, passed, stated


class Word(NamedTuple):
    by: str
    line: str


def word(context: Context, key: str, *kinds: str, after: datetime | None = None) -> Word | None:
    """The last thing a person said of it: an event of these kinds, an attestation, a tick of its box."""
    told = [one for one in context.told if one.said and (one.kind in kinds or _attests(one, key))]
    told = [one for one in told if after is None or one.at >= after]
    if told:
        last = max(told, key=lambda one: one.seq)
        return Word(last.by, last.line)
    box = next((one for one in context.boxes if one.check == key and one.state == "done" and one.by), None)
    return Word(box.by, box.title) if box else None


def by_word(context: Context, key: str, *kinds: str, after: datetime | None = None) -> Result | None:
    """STATED, when a person has said so."""
    found = word(context, key, *kinds, after=after)
    if found is None:
        return None
    return stated(_("%s says so. Nothing else shows it.") % (found.by or "?"), found.line, by=found.by)


def skipped(context: Context, key: str) -> Result | None:
    """N/A, when a person said that it is not needed, and why. Their words stay theirs, at the box: answers are kept for
    ever, and words can be redacted.
    """
    box = next((one for one in context.boxes if one.check == key and one.state == "not_needed"), None)
    if box is None or not box.said.strip():
        return None
    return not_needed(_("Not needed, says %s; why stands at the box.") % (box.by or "?"))


def shown(context: Context, key: str, *, after: datetime | None = None) -> Shown | None:
    """The last evidence that names the check itself (`data.check`) and says how it went."""
    about = [one for one in context.evidence if one.data.get("check") == key and one.passed is not None]
    about = [one for one in about if (after is None or one.at >= after) and not other_head(context, one)]
    return max(about, key=lambda one: one.at, default=None)


def by_evidence(context: Context, key: str, *, after: datetime | None = None) -> Result | None:
    """PASS or FAIL, when a script sent how it went."""
    last = shown(context, key, after=after)
    if last is None:
        return None
    words = {"by": last.by or _("a script")}
    said = _("It went well, as sent by %(by)s") if last.passed else _("It went wrong, as sent by %(by)s")
    said = f"{said % words}: {last.summary[:200]}" if last.summary else f"{said % words}."
    return (passed if last.passed else failed)(said, last.line, by=last.by)


def other_head(context: Context, one: Shown) -> bool:
    """Whether it speaks of another commit than the one that is released. What cannot be compared is not another."""
    return bool(one.head) and released(context, one.head) is False


def _attests(event: Told, key: str) -> bool:
    return event.kind == "attested" and event.data.get("check") == key
