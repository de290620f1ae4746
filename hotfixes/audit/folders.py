"""The copies that audits read, on this machine's disk: one per address, thrown away after a day."""

import hashlib
import os
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import structlog

from hotfixes.git import disk
from hotfixes.git import mirror as mirrors
from hotfixes.git.limits import FETCH, MB
from hotfixes.git.mirror import Mirror
from hotfixes.git.trouble import GitError
from hotfixes.git_access import mirrors as folder_of_mirrors

QUOTA = 1024 * MB
KEPT_S = 24 * 3600
MOST = 8
LONGEST_S = 600
_NAME = "audit-"

log = structlog.get_logger(__name__)
_sweeping = threading.Lock()


def opened(url: str, *, bits: int = 160) -> Mirror:
    """The copy of this address, made empty when there is none. What is in it is shown only after the other side has
    listed its refs to who asks. Raises GitError.
    """
    name = hashlib.sha256(url.encode()).hexdigest()[:24]
    place = folder_of_mirrors() / f"{_NAME}{name}{'-256' if bits == 256 else ''}"
    found = mirrors.opened(place, bits=bits, quota=QUOTA)
    os.utime(place)
    return replace(found, fetch_limits=replace(FETCH, wall_s=LONGEST_S))


def sweep() -> int:
    """For the ticker: throws away in a thread of its own what is a day old, or more than eight."""
    if not old() or not _sweeping.acquire(blocking=False):
        return 0
    threading.Thread(target=_sweep, name="audit copies", daemon=True).start()
    return 1


def old() -> list[Path]:
    """The oldest first."""
    found: list[tuple[float, Path]] = []
    for place in folder_of_mirrors().glob(f"{_NAME}*"):
        with suppress(FileNotFoundError):
            found.append((place.stat().st_mtime, place))
    found.sort()
    late = time.time() - KEPT_S
    return [place for n, (at, place) in enumerate(found) if at < late or len(found) - n > MOST]


def _sweep() -> None:
    try:
        for place in old():
            throw_away(place)
    finally:
        _sweeping.release()


def throw_away(place: Path) -> None:
    """Not while somebody works in it: then the next sweep does it."""
    try:
        with disk.held(place):
            mirrors.thrown_away(place)
    except (GitError, OSError) as problem:
        log.info("audit.copy_kept", folder=place.name, why=str(problem))
