"""Git's raw objects to values. Raw, because no setting, mailmap or replacement can then change what is read."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hotfixes.git.reader import Commit, Signature

_SIGNATURE = re.compile(
    r"(?P<name>.*?) ?<(?P<email>[^>]*)>(?: (?P<time>-?\d{1,18}) (?P<sign>[+-])(?P<zone>\d{4}))?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Malformed(ValueError):
    """The bytes are not what git should have given."""


def commit(id: str, raw: bytes) -> Commit:
    """A commit from its raw object. Raises Malformed without a tree."""
    head, _, message = raw.partition(b"\n\n")
    fields = list(_headers(head))
    encoding = next((value for key, value in fields if key == "encoding"), "utf-8")
    text = _decoded(message, encoding)
    subject, body = split_message(text)
    named = dict(reversed(fields))  # the first of its name counts, as for git
    if "tree" not in named:
        raise Malformed("a commit without a tree")
    return Commit(
        id=id,
        tree=named["tree"],
        parents=tuple(value for key, value in fields if key == "parent"),
        author=signature(named.get("author", "")),
        committer=signature(named.get("committer", "")),
        subject=subject,
        body=body,
    )


def tag(raw: bytes) -> tuple[str, Signature | None]:
    """(subject, who tagged it) of a raw tag object; very old tags name nobody."""
    head, _, message = raw.partition(b"\n\n")
    fields = dict(_headers(head))
    subject, _body = split_message(_decoded(message, fields.get("encoding", "utf-8")))
    return subject, signature(fields["tagger"]) if "tagger" in fields else None


def split_message(text: str) -> tuple[str, str]:
    """(first paragraph on one line, the rest) with a signature block of a tag cut off."""
    text = text.replace("\r\n", "\n").strip("\n")
    for marker in (
        "-----BEGIN PGP SIGNATURE-----",
        "-----BEGIN SSH SIGNATURE-----",
        "-----BEGIN SIGNED MESSAGE-----",
    ):
        if text.startswith(marker) or f"\n{marker}" in text:
            text = ("\n" + text).split(f"\n{marker}", 1)[0].strip("\n")
    subject, _, body = re.sub(r"\n[ \t]+(?=\n)", "\n", text).partition("\n\n")
    return " ".join(subject.split()), body.strip()


def signature(text: str) -> Signature:
    """`Ada <ada@example.org> 1700000000 +0100`, or whatever stands there instead."""
    found = _SIGNATURE.match(text)
    if not found:
        return Signature(" ".join(text.split())[:200], "", None)
    offset = 0
    if found["zone"]:
        offset = int(found["zone"][:2]) * 60 + int(found["zone"][2:])
        offset = -offset if found["sign"] == "-" else offset
    return Signature(found["name"].strip(), found["email"].strip(), _moment(found["time"]), offset)


def _moment(seconds: str | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return _EPOCH + timedelta(seconds=int(seconds))
    except OverflowError:
        return None


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    """(key, value) lines; continuation lines (of signatures) are left out."""
    for line in head.split(b"\n"):
        key, space, value = line.partition(b" ")
        if space and key:
            yield key.decode("ascii", "replace"), value.decode("utf-8", "replace").replace("\0", "�")


def _decoded(text: bytes, encoding: str) -> str:
    """Text in whatever encoding its commit names; what does not fit becomes �. A NUL cannot be stored: it becomes �."""
    try:
        decoded = text.decode(encoding, "replace")
    except (LookupError, ValueError, UnicodeError):
        decoded = text.decode("utf-8", "replace")
    return decoded.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")
