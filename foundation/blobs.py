"""Files that people hand in, kept in PostgreSQL: a backup is one file, any web process serves them.

What a file is, its own first bytes say, never the one who sends it.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from foundation.models import Blob
from foundation.text import stripped

LARGEST = 10_000_000  # bytes
LONGEST_NAME = 120
UNKNOWN = "application/octet-stream"
IMAGES = ("image/png", "image/jpeg", "image/webp")
# Nothing in it runs, wherever it is opened.
_SANDBOX = "sandbox; default-src 'none'"


@dataclass(frozen=True)
class Upload:
    """A file as it came, looked at by `taken`."""

    name: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def type(self) -> str:
        return kind_of(self.content)

    @property
    def facts(self) -> dict[str, str | int]:
        """What a record says of it."""
        return {"name": self.name, "size": self.size, "sha256": self.sha256, "type": self.type}


def taken(name: str, content: bytes) -> Upload:
    """The file, its name without folders and control characters. ValidationError on `file` for what is not kept."""
    if not content:
        raise ValidationError({"file": _("This file is empty.")})
    if len(content) > LARGEST:
        raise ValidationError({"file": too_large(len(content))})
    return Upload(_plain(name), content)


def too_large(size: int) -> str:
    words = {"size": in_words(size), "most": in_words(LARGEST)}
    return _("This file has %(size)s; at most %(most)s are kept.") % words


def keep(upload: Upload) -> Blob:
    """Stores it, in the caller's transaction. ValidationError on `file` when the room for files is used up."""
    with connection.cursor() as cursor:
        # Two at once must not both fit into the last room; nobody waits longer than one insert takes.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('nightdesk.blobs'))")
    used, most = room_used(), settings.NIGHTDESK_FILES_MB * 1_000_000
    if used + upload.size > most:
        words = {"used": in_words(used), "most": in_words(most)}
        raise ValidationError(
            {
                "file": _(
                    "There is no room for this file: %(used)s of %(most)s are used. "
                    "Put it elsewhere and give a link, or ask an administrator to raise NIGHTDESK_FILES_MB."
                )
                % words
            }
        )
    return Blob.objects.create(sha256=upload.sha256, size=upload.size, type=upload.type, bytes=upload.content)


def room_used() -> int:
    """Bytes of all files."""
    return int(Blob.objects.aggregate(used=Sum("size"))["used"] or 0)


def kind_of(content: bytes) -> str:
    """A picture that every browser shows, by its first bytes; everything else is just bytes."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return UNKNOWN


def download(name: str, content: bytes) -> HttpResponse:
    """The file as an attachment that runs nothing; its type is looked at again, whatever the row says."""
    return HttpResponse(
        content,
        content_type=kind_of(content),
        headers={
            "Content-Disposition": str(content_disposition_header(as_attachment=True, filename=name)),
            "Content-Security-Policy": _SANDBOX,
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def in_words(size: int) -> str:
    """812 bytes, 120 kB, 3.4 MB."""
    if size < 1000:
        return _("%(n)d bytes") % {"n": size}
    if size < 1_000_000:
        return _("%(n)d kB") % {"n": round(size / 1000)}
    return _("%(n)s MB") % {"n": f"{size / 1e6:.1f}".removesuffix(".0")}


def _plain(name: str) -> str:
    """Without folders; a long name keeps its ending."""
    last = stripped(name).replace("\\", "/").rsplit("/", 1)[-1]
    last = " ".join(last.split()).strip(". ") or _("file")
    if len(last) <= LONGEST_NAME:
        return last
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) > 10:
        return last[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 2]}…{dot}{ending}"
