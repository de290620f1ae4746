"""One look at a forge."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from hotfixes.forges import gitea, github, gitlab
from hotfixes.forges.address import Connection
from hotfixes.forges.asking import Ask, Parts
from hotfixes.forges.shapes import Kind, Reading
from hotfixes.forges.wire import TOTAL_S, Wire, wired

__all__ = ["Ask", "Connection", "read"]

_READERS: Final[Mapping[str, Callable[[Wire, Ask], tuple[Reading, Parts]]]] = {
    Kind.GITHUB: github.read,
    Kind.GITLAB: gitlab.read,
    Kind.GITEA: gitea.read,
}


def read(
    connection: Connection, ask: Ask, etags: Mapping[str, Any] | None = None, *, total_s: float = TOTAL_S
) -> tuple[Reading, dict[str, Any]]:
    """What the forge shows of one hotfix now, and what to hand in next time (JSON: what has not changed is then not
    sent again). A part that it keeps from us is in `unread`. Raises ForgeError when there is no answer at all.
    """
    with wired(connection, etags or {}, total_s=total_s) as wire:
        reading, parts = _READERS[connection.kind](wire, ask)
        if parts.first is not None and not wire.answered:
            raise parts.first
        return replace(reading, unread=tuple(parts.unread.items())), wire.kept
