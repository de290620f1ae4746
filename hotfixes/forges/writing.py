"""The two things Nightdesk writes on a forge, where somebody gave it a token that may: a commit status, and one comment
that is kept in step. Both may be repeated; nothing appears twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hotfixes.forges.address import Connection, segment
from hotfixes.forges.asking import OWN_STATUS
from hotfixes.forges.picking import inner, word
from hotfixes.forges.shapes import MAX_BODY, Kind, whole
from hotfixes.forges.telling import Status, marker
from hotfixes.forges.trouble import ForgeError, Trouble
from hotfixes.forges.wire import Wire, wired

TOTAL_S: Final = 15.0
_GITLAB_STATES: Final = {"failure": "failed"}


@dataclass(frozen=True, slots=True)
class Comment:
    """One on a pull request. `body` as the forge keeps it."""

    id: int = 0
    body: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """`id` of our comment, to be handed in next time; `done`: made, updated, unchanged."""

    id: int
    done: str


def set_status(connection: Connection, head: str, status: Status, url: str) -> None:
    """Say it on the commit. Raises ForgeError."""
    state = status.state
    body: dict[str, Any] = {"description": status.text, "target_url": url}
    if connection.kind == Kind.GITLAB:
        body |= {"state": _GITLAB_STATES.get(state, state), "name": OWN_STATUS}
    else:
        body |= {"state": state, "context": OWN_STATUS}
    with wired(connection, {}, total_s=TOTAL_S) as wire:
        try:
            wire.ask("POST", f"/statuses/{segment(head)}", body)
        except ForgeError as problem:
            # GitLab refuses to say again what is already said.
            if "Cannot transition" not in problem.detail:
                raise


def keep_comment(connection: Connection, pull: int, ref: str, text: str, known: int = 0) -> Kept:
    """Make the comment of hotfix `ref` read `text`; the one that is there already is changed. Raises ForgeError."""
    with wired(connection, {}, total_s=TOTAL_S) as wire:
        found = _by_id(wire, pull, known) if known else None
        found = found or _own(wire, pull, marker(ref))
        if found is None:
            answer = wire.ask("POST", _all(wire, pull), {"body": text})
            return Kept(whole(inner(answer.data, "id")), "made")
        if _same(found.body, text):
            return Kept(found.id, "unchanged")
        change = "PUT" if connection.kind == Kind.GITLAB else "PATCH"
        wire.ask(change, _one(wire, pull, found.id), {"body": text})
        return Kept(found.id, "updated")


def _by_id(wire: Wire, pull: int, id: int) -> Comment | None:
    """None when somebody has deleted it."""
    try:
        return wire.one(_one(wire, pull, id), Comment, _comment)
    except ForgeError as problem:
        if problem.trouble is not Trouble.NOT_FOUND:
            raise
        return None


def _own(wire: Wire, pull: int, mark: str) -> Comment | None:
    """Ours by its mark and its author: who copies the mark into a comment of their own keeps their words."""
    me = _me(wire)

    def pick(row: Mapping[str, Any]) -> Comment | None:
        found = _comment(row)
        ours = found.body.startswith(mark) and (not me or found.by == me)
        return found if ours else None

    found = wire.rows(_all(wire, pull), Comment, pick, pages=10, size=50, enough=bool)
    return found[0] if found else None


def _me(wire: Wire) -> str:
    """Whose token it is; "" where the forge does not say, as for an app's."""
    try:
        data = wire.ask("GET", "/user", root=True).data
    except ForgeError as problem:
        if problem.trouble not in (Trouble.FORBIDDEN, Trouble.NOT_FOUND):
            raise
        return ""
    return word(data, "login") or word(data, "username")


def _comment(row: Mapping[str, Any]) -> Comment:
    by = word(row, "user", "login") or word(row, "author", "username")
    return Comment(whole(inner(row, "id")), word(row, "body", limit=MAX_BODY), by)


def _same(there: str, text: str) -> bool:
    return there.replace("\r\n", "\n").strip() == text[:MAX_BODY].strip()


def _all(wire: Wire, pull: int) -> str:
    gitlab = wire.connection.kind == Kind.GITLAB
    return f"/merge_requests/{pull}/notes" if gitlab else f"/issues/{pull}/comments"


def _one(wire: Wire, pull: int, id: int) -> str:
    return f"{_all(wire, pull)}/{id}" if wire.connection.kind == Kind.GITLAB else f"/issues/comments/{id}"
