"""Which branch is the hotfix's: the one a person picked, the one named as agreed, else one that must be it although its
name is wrong. Another hotfix's branch is never taken for it.
"""

import re

from hotfixes import patterns
from hotfixes.checks.given import Given, Observation
from hotfixes.checks.version_in_tree import states_new
from hotfixes.git import names

MAX_LOOKS = 20


def branch_name(given: Given) -> str:
    """The full name, "" for none yet."""
    if given.branch:
        return names.HEADS + given.branch
    pattern = given.policy.branch
    if not pattern:
        return ""
    agreed = names.HEADS + given.filled(pattern)
    if given.history(agreed) or given.ref(agreed):
        return agreed
    there = [seen for seen in _latest(given) if seen.name != given.main_name]
    named = [seen for seen in there if recognised(given, seen.name)]
    if len(named) > 1:
        named = [seen for seen in named if seen.commit and given.ref(seen.name)] or named
    if named:
        return named[-1].name
    alike = [seen.name for seen in there if _must_be(given, seen)]
    return alike[0] if len(alike) == 1 else ""


def recognised(given: Given, name: str) -> bool:
    """Whether a full name is one that the policy gives to this hotfix."""
    pattern = given.policy.branch
    short = name.removeprefix(names.HEADS)
    return bool(pattern) and patterns.recognised(pattern or "", short, given.known) is not None


def _latest(given: Given) -> list[Observation]:
    """The last position of each branch, in the order in which they were last seen somewhere."""
    last: dict[str, Observation] = {}
    for seen in given.observed:
        if seen.name.startswith(names.HEADS) and seen.commit:
            last.pop(seen.name, None)
            last[seen.name] = seen
    return list(last.values())


def _must_be(given: Given, seen: Observation) -> bool:
    """New since watching began, nobody else's by its name, and either the name or a commit speaks of this hotfix."""
    first = given.history(seen.name)[0]
    short = seen.name.removeprefix(names.HEADS)
    pattern = given.policy.branch or ""
    if first.seen_at == given.began or patterns.recognised(pattern, short) is not None:
        return False
    new = re.escape(given.known["new"])
    if re.search(rf"(?<![0-9.]){new}(?![0-9]|\.[0-9])", short) and (
        "{product}" not in pattern or given.product in short
    ):
        return True
    if not _speaks_of_it(given, seen):
        return False
    # Of several products in one repository it may be another's: then only the version tells.
    return "{product}" not in pattern or given.product in short or states_new(given, seen.commit or "")


def _speaks_of_it(given: Given, seen: Observation) -> bool:
    """A commit of its own carries the line that marks a hotfix (`HOTFIX for production`)."""
    lines = [part.text for part in (given.policy.commit.parts if given.policy.commit else []) if part.text]
    main = given.at(given.main_name, seen.seen_at)
    if not lines or not given.base or not main or not seen.commit:
        return False
    if not given.reader.is_ancestor(given.base, seen.commit):
        return False
    own = given.reader.log(seen.commit, since=main, limit=MAX_LOOKS).commits
    return any(line.strip() in lines for commit in own for line in commit.message.split("\n"))
