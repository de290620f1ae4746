"""Whether what was deployed is this hotfix: by version, by tag, by commit. What cannot be compared is said so."""

import re
from datetime import datetime
from enum import StrEnum

from hotfixes.checks.context import Context
from hotfixes.checks.facts import Deployed
from hotfixes.git import names
from hotfixes.git.trouble import GitError
from products.versions import Version, bare

_ID = re.compile(r"[0-9a-f]{7,64}")
_PREFIXES = ("refs/tags/", "refs/heads/", "refs/remotes/origin/", "tags/", "origin/")


class Match(StrEnum):
    """OURS: this hotfix. MIXED: its version from something else, or something else from its tag. UNSURE: its version,
    and a ref that cannot be compared. OLD: what ran before. OTHER: anything else.
    """

    OURS = "ours"
    MIXED = "mixed"
    UNSURE = "unsure"
    OLD = "old"
    OTHER = "other"


def match(context: Context, one: Deployed) -> Match:
    version, new = bare(one.version), context.known["new"]
    same_version = bool(new) and version == new
    named = released(context, one.ref, one.at) if one.ref else None
    if named is None:
        if not same_version:
            return Match.OLD if version == context.known["old"] else Match.OTHER
        return Match.UNSURE if one.ref else Match.OURS
    if named:
        return Match.OURS if same_version or not version else Match.MIXED
    if same_version:
        return Match.MIXED
    return Match.OLD if version == context.known["old"] else Match.OTHER


def released(context: Context, ref: str, at: datetime | None = None) -> bool | None:
    """Whether a name or a commit is what the hotfix released; None when that cannot be told."""
    short = _short(ref)
    if context.tag_name and short == context.tag_name:
        return True
    try:
        return _compared(context, short, at)
    except GitError:
        return None


def newer(context: Context, version: str) -> bool | None:
    """Whether a version comes after the hotfix's; None for what is no plain version."""
    one, ours = Version.parse(bare(version)), Version.parse(context.known["new"])
    return one > ours if one and ours else None


def _compared(context: Context, short: str, at: datetime | None) -> bool | None:
    tag = context.tag
    commit = (tag.commit if tag else None) or (None if context.tag_name else context.tip)
    if commit is None:
        return None
    if _ID.fullmatch(short.lower()):
        ids = [commit, *([tag.id] if tag else [])]
        return any(id.startswith(short.lower()) for id in ids)
    other = context.ref(names.TAGS + short)
    if other is not None:
        return other.commit == commit
    branch = names.HEADS + short
    stood = context.at(branch, at) if at else None
    return stood == commit if stood else None


def _short(ref: str) -> str:
    for prefix in _PREFIXES:
        ref = ref.removeprefix(prefix)
    return ref.strip()
