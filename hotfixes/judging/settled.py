"""Whether a round's own entries would change an answer. Mostly they do not, and then no further round is due.

Judged anew with the timeline and the checklist as they are now, and by what git has said already: a transaction is
open, so a question that it was not asked yet is not asked here. Then the further round comes, as for anybody's entry.
"""

from collections.abc import Collection, Mapping
from typing import Any

from hotfixes.checks import Context, Result, evaluate
from hotfixes.checks.remembering import NotAsked, Remembering
from hotfixes.git.trouble import GitError
from hotfixes.git.unreadable import NOWHERE
from hotfixes.judging import besides, milestones, telling
from hotfixes.judging.surroundings import with_story
from hotfixes.models import Hotfix


def settled(
    hotfix: Hotfix,
    known: Context,
    results: Mapping[str, Result],
    asked: Collection[str],
    beside: Mapping[str, Any],
) -> bool:
    """`hotfix` with its incident as both are now; the rest is what the round knew and found."""
    if isinstance(known.reader, Remembering):
        known = with_story(known, hotfix, known.reader.asking_nothing())
    elif known.reader is NOWHERE:
        known = with_story(known, hotfix, NOWHERE)
    else:
        return False
    try:
        if evaluate(known, asked) != {key: results[key] for key in asked}:
            return False
        if besides.found(known, results, hotfix.preflight) != beside:
            return False
        reached = milestones.found(known, results)
    except (NotAsked, GitError):
        return False
    events = telling.events_of(hotfix.incident, hotfix)
    return not any(telling.is_new(one, events) for one in reached)
