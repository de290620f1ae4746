"""Request bodies are read whole, and within a limit, before a thread sees them.

A thread which reads from the network itself belongs to whoever sends slowly: ten half-sent uploads stop ten threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO

from django.utils.translation import gettext as _

from foundation.problems import CONTENT_TYPE, FOR_MACHINES, document
from live.asking import Receive, Scope, Send

SECONDS = 20.0  # in all
IN_MEMORY = 256 * 1024
LARGEST = 1_000_000
LARGEST_IN = 25_000_000  # on /in/…: what machines send
# Where a file may come with it: 10 MB of file (foundation/blobs.py), as base64 in the API; a phone may send slowly.
LARGEST_FILE = 15_000_000
SECONDS_FILE = 120.0
_WITH_FILE = re.compile(
    r"/incidents/[^/]+/(note|attest|finish_step|report)/?"
    r"|/api/v1/incidents/[^/]+/(note|report|checklist/[0-9]+/attest|steps/[^/]+/finish)"
    r"|/api/v1/evidence"
)
POLITE_S = 2.0  # a refused sender may still finish, so that it reads the answer instead of a reset


class Refused(Exception):
    """The body is not taken: `status` and a sentence for the sender."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        self.status = status
        self.reason = reason


class Gone(Exception):
    """The sender went away before the end."""


def largest(path: str) -> int:
    """Bytes taken at this address."""
    if path.startswith("/in/"):
        return LARGEST_IN
    return LARGEST_FILE if _WITH_FILE.fullmatch(path) else LARGEST


def seconds(path: str) -> float:
    """How long the whole of a body may take."""
    return SECONDS_FILE if _WITH_FILE.fullmatch(path) else SECONDS


def told(limit: int) -> int:
    """The limit as people are told it, in MB: of the file, not of what is around it."""
    return 10 if limit == LARGEST_FILE else limit // 1_000_000


async def read(scope: Scope, receive: Receive) -> tuple[IO[bytes], int]:
    """The body as a file at its start, in memory up to IN_MEMORY, with its size. Raises Refused or Gone."""
    limit = largest(scope["path"])
    declared = dict(scope["headers"]).get(b"content-length", b"")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    try:
        async with asyncio.timeout(seconds(scope["path"])):
            size = await _fill(body, receive, limit)
    except TimeoutError:
        body.close()
        raise Refused(
            HTTPStatus.REQUEST_TIMEOUT, _("The request did not arrive completely in time.")
        ) from None
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body, size


async def _fill(body: IO[bytes], receive: Receive, limit: int) -> int:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        body.write(chunk)
        more = message.get("more_body", False)
    return size


def _too_large(limit: int) -> Refused:
    reason = _("This is too large: at most %(megabytes)d MB are taken here.") % {"megabytes": told(limit)}
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)


async def refuse(refused: Refused, receive: Receive, send: Send, path: str = "") -> None:
    """Answers at once (problem details for machines, else plain text), lets the sender finish for a moment, closes."""
    text, kind = f"{refused.reason}\n".encode(), b"text/plain; charset=utf-8"
    if path.startswith(FOR_MACHINES):
        text, kind = json.dumps(document(refused.status, refused.reason)).encode(), CONTENT_TYPE.encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(text)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": int(refused.status), "headers": headers})
    await send({"type": "http.response.body", "body": text, "more_body": True})
    if refused.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLITE_S):
                while (message := await receive())["type"] == "http.request" and message.get("more_body"):
                    pass
    await send({"type": "http.response.body"})
