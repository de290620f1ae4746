"""Whether an HTTP server really speaks git, read from git's own trace of the headers.

Git takes any answer that is not of the smart protocol for a folder of plain files: a proxy's sign-in page would be a
repository whose branches are all gone, and plain files pass no fsck. So the first good answer must say that it is
git's, else the run is ended at once.
"""

import re
from collections.abc import Callable

from hotfixes.git.trouble import GitError, Trouble

ADVERTISEMENT = b"application/x-git-upload-pack-advertisement"
TRACE = {"GIT_TRACE_CURL": "1", "GIT_TRACE_CURL_NO_DATA": "1", "GIT_TRACE_REDACT": "1"}
_HEADER = re.compile(rb"\S+ http\.c:\d+ +<= Recv header: ?(.*)\Z")
_STATUS = re.compile(rb"HTTP/\S+ (\d{3})")
_LONGEST = 20_000


class Conversation:
    """Hears git's stderr (bytes, cut anywhere) and hands it on to `then`. Raises GitError NOT_A_REPOSITORY."""

    def __init__(self, then: Callable[[bytes], object]) -> None:
        self.then = then
        self.rest = b""
        self.status = b""
        self.kind = b""
        self.proved = False

    def hear(self, piece: bytes) -> None:
        self.then(piece)
        if self.proved:
            return
        *whole, rest = (self.rest + piece).split(b"\n")
        self.rest = rest[:_LONGEST]
        for line in whole:
            if self.proved:  # what follows may be in the same piece: answers to what git asks next
                return
            if found := _HEADER.match(line):
                self._header(found[1].strip())

    def _header(self, header: bytes) -> None:
        if status := _STATUS.match(header):
            self.status, self.kind = status[1], b""
        elif header.lower().startswith(b"content-type:"):
            self.kind = header.split(b":", 1)[1].split(b";")[0].strip().lower()
        elif not header and self.status == b"200":
            if self.kind != ADVERTISEMENT:
                raise GitError(
                    Trouble.NOT_A_REPOSITORY, f"it sends {self.kind.decode('ascii', 'replace') or 'no type'}"
                )
            self.proved = True

    def check(self) -> None:
        """After a run that went well. Raises GitError GIT when git traced nothing that we understand."""
        if not self.proved:
            raise GitError(Trouble.GIT, "its trace of HTTP headers is not understood")
