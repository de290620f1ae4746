"""One run of a command in a session of its own: ended with everything it started at its limit, listened to only up
to a size. Safe in a worker's thread: our own memory holds at most what the limit says.
"""

import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from hotfixes.git.launch import limited
from hotfixes.git.limits import KB, Limits

TICK_S = 0.25
CHUNK = 64 * KB
KEPT_ERRORS = 16 * KB


class OutOfTime(Exception):
    """The wall limit has passed; everything the command started is dead."""


class TooMuch(Exception):
    """It said more than `Limits.output`; everything it started is dead."""


@dataclass(slots=True)
class Result:
    """`code` as subprocess gives it (negative: a signal), all of stdout, the last 16 KB of stderr."""

    code: int
    stdout: bytes
    stderr: bytes


@dataclass(slots=True)
class Watch:
    """What looks on: `heard` gets stderr as it comes (bytes, cut anywhere), `tick` is called four times a second.
    Either may raise: then everything is ended and the exception goes on.
    """

    heard: Callable[[bytes], object] = field(default=lambda _piece: None)
    tick: Callable[[], object] = field(default=lambda: None)


def run(
    command: Sequence[str],
    *,
    limits: Limits,
    environment: Mapping[str, str],
    stdin: bytes = b"",
    watch: Watch | None = None,
) -> Result:
    """Run to the end. Raises OutOfTime, TooMuch, OSError when it cannot be started, and what `watch` raises."""
    watch = watch or Watch()
    with _source(stdin) as source:
        process = subprocess.Popen(  # noqa: S603 - fixed words, checked ids and names (cli.py, remote.py)
            limited(list(command), limits),
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd="/",
            start_new_session=True,
        )
    try:
        stdout, stderr = _listen(process, limits, watch)
    finally:
        _end(process)
    return Result(process.returncode, stdout, stderr)


def _source(stdin: bytes) -> IO[bytes]:
    """Input as a file: nobody has to feed a pipe while listening to two others."""
    if not stdin:
        return Path(os.devnull).open("rb")
    source = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    source.write(stdin)
    source.seek(0)
    return source


def _listen(process: "subprocess.Popen[bytes]", limits: Limits, watch: Watch) -> tuple[bytes, bytes]:
    deadline = time.monotonic() + limits.wall_s
    said, complaints = bytearray(), bytearray()
    alone_since: float | None = None  # the command has ended, something it started still holds its pipes
    with selectors.DefaultSelector() as selector:
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            selector.register(stream, selectors.EVENT_READ)
        next_tick = time.monotonic() + TICK_S
        while selector.get_map():
            for key, _events in selector.select(TICK_S):
                piece = os.read(key.fd, CHUNK)
                if not piece:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    said += piece
                    if len(said) > limits.output:
                        raise TooMuch
                else:
                    complaints += piece
                    del complaints[:-KEPT_ERRORS]
                    watch.heard(piece)
            now = time.monotonic()
            if now > deadline:
                raise OutOfTime
            if now >= next_tick:
                next_tick = now + TICK_S
                watch.tick()
                if _has_ended(process):
                    alone_since = alone_since or now
                    if now - alone_since > 1:
                        break
        pause = 0.001
        while not _has_ended(process):  # it closed its pipes and goes on
            if time.monotonic() > deadline:
                raise OutOfTime
            time.sleep(pause)
            pause = min(2 * pause, TICK_S)
            watch.tick()
    return bytes(said), bytes(complaints)


def _has_ended(process: "subprocess.Popen[bytes]") -> bool:
    """Looks without collecting it: as long as it is not collected, its number names nobody else's session."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Nothing of the session may live on: git leaves helpers behind when it dies."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    process.wait()
