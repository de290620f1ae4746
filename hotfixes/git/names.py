"""What may become an argument of git: full object ids, full names of refs, paths inside a tree. Nothing else does."""

import re

MAX_REF = 1_000
MAX_PATH = 4_000
HEADS = "refs/heads/"
TAGS = "refs/tags/"

_OID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
# git check-ref-format: what git itself would never store; a glob or `..` in a name must not reach it as one.
_UNREF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\\ud800-\udfff]|\.\.|@\{|//|/\.|\.\Z|\.lock(?:/|\Z)|/\Z")
_UNPATH = re.compile(r"[\x00\ud800-\udfff]")


class BadName(ValueError):
    """A caller's mistake or an attack: this text is not what it should be. Nothing was asked of git."""


def oid(text: str) -> str:
    """A full object id: 40 or 64 lower-case hexadecimal digits. Raises BadName."""
    if not _OID.match(text):
        raise BadName(f"not a full object id: {text[:80]!r}")
    return text


def is_oid(text: str) -> bool:
    """Whether `oid` takes it."""
    return _OID.match(text) is not None


def ref_name(text: str) -> str:
    """A full name of a branch or tag (`refs/heads/…`, `refs/tags/…`) as git would store it. Raises BadName."""
    for prefix in (HEADS, TAGS):
        rest = text.removeprefix(prefix)
        if rest != text and rest and rest[0] not in "/." and len(text) <= MAX_REF and not _UNREF.search(rest):
            return text
    raise BadName(f"not a full name of a branch or tag: {text[:80]!r}")


def branch(short: str) -> str:
    """`main` → `refs/heads/main`. Raises BadName for what cannot be a branch."""
    return ref_name(HEADS + short)


def tag(short: str) -> str:
    """`v1.2.3` → `refs/tags/v1.2.3`. Raises BadName for what cannot be a tag."""
    return ref_name(TAGS + short)


def path(text: str) -> str:
    """A path inside a tree, with slashes, from its top: no `..`, nothing empty, not absolute. Raises BadName."""
    parts = text.split("/")
    if len(text) > MAX_PATH or _UNPATH.search(text) or any(part in ("", ".", "..") for part in parts):
        raise BadName(f"not a path inside a repository: {text[:80]!r}")
    return text
