"""What a round finds beside the checks: what is known before the fix begins, what is left to do after it, who wrote it.

Kept as JSON with the hotfix. Git is asked here, outside of any transaction.
"""

from collections.abc import Mapping
from typing import Any

from hotfixes.checks import Context, Result
from hotfixes.checks.forge.people import login
from hotfixes.checks.forge.which_pull import pull_of
from hotfixes.checks.guard import guard
from hotfixes.checks.preflight import base_deployed, preflight
from hotfixes.git.trouble import GitError
from hotfixes.git.unreadable import NOWHERE
from hotfixes.judging.telling import plain

MAX_AUTHORS = 40


def found(known: Context, results: Mapping[str, Result], before: list[Any]) -> dict[str, Any]:
    """Columns of the hotfix. `before`: the preflight as it was; it stays so once the fix is released."""
    if known.reader is NOWHERE:
        return {"preflight": _as_json({"base_deployed": base_deployed(known)}), "guard": []}
    try:
        released = known.released
    except GitError:
        released = bool(before)
    columns: dict[str, Any] = {"guard": _as_json(guard(known, results))}
    if not released or not before:
        columns["preflight"] = _as_json(preflight(known))
    if authors := _authors(known):
        columns["authors"] = authors
    return columns


def _as_json(found: Mapping[str, Result]) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "verdict": str(result.verdict),
            "summary": result.summary,
            "proof": list(result.proof),
            "facts": plain(result.facts),
            "next_text": result.next.text if result.next else "",
            "next_commands": list(result.next.commands) if result.next else [],
        }
        for key, result in found.items()
    ]


def _authors(known: Context) -> list[str]:
    """Names, addresses and logins of whoever wrote the fix, as git and the forge have them."""
    try:
        own = known.own.commits if known.own else ()
    except GitError:
        return []
    words = [
        word for commit in own for who in (commit.author, commit.committer) for word in (who.name, who.email)
    ]
    words += [login(word) for word in words]
    pull = pull_of(known, known.forge) if known.forge else None
    words += [pull.author, *pull.committers] if pull else []
    return list(dict.fromkeys(word.casefold() for word in words if word))[:MAX_AUTHORS]
