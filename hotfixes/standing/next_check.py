"""Which check comes next: what is wrong, then the process's order, but nothing that a mend outdates.

A failing changelog comes before asking for approval: mending it is a new commit, and the approval was for the old one.
Pure.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from products.vocabulary import Verdict

OPEN: Final = (Verdict.FAIL, Verdict.PENDING)
# Mended by a commit, and what such a commit outdates.
BY_COMMIT: Final = frozenset(
    {
        "cut_from_tag", "branch_name", "commit_message", "version_bump", "changelog_entry", "release_notes",
        "ff_possible",
    }
)  # fmt: skip
OF_COMMIT: Final = frozenset(
    {
        "tests_passed", "ci_passed", "approval", "merged", "tag_commit", "tag_pushed", "tag_annotated",
        "artifact_built", "artifact_stored", "deployed", "version_live", "smoke", "verified_live", "fix_verified",
        "healthy_window", "errors", "release_published", "within_limit",
    }
)  # fmt: skip
# Mended by another tag, and what hangs on the tag.
BY_TAG: Final = frozenset({"merged", "tag_annotated", "tag_commit"})
OF_TAG: Final = frozenset({"tag_pushed", "deployed", "version_live", "release_published", "artifact_built"})
# Mended by another deployment.
BY_DEPLOYMENT: Final = frozenset({"deployed", "version_live"})
OF_DEPLOYMENT: Final = frozenset(
    {"smoke", "verified_live", "fix_verified", "healthy_window", "errors", "users_notified"}
)
# Another branch or another base: nothing of the branch stays.
BY_BRANCH: Final = frozenset({"cut_from_tag", "branch_name"})
OF_BRANCH: Final = frozenset({"review_requested", *(BY_COMMIT - {"cut_from_tag", "branch_name"})})
# What nobody can mend any more once main has the fix; it waits behind everything that can be done.
BEFORE_MERGE: Final = frozenset(
    {"cut_from_tag", "branch_name", "commit_message", "ff_possible", "review_requested"}
)
# A limit that has passed is mended by nobody, and a watch ends by itself: both wait behind what can be done.
PASSIVE: Final = frozenset({"within_limit", "healthy_window"})
MERGED: Final = (Verdict.PASS, Verdict.WARN, Verdict.STATED)
# In this order: what must be asked for, and what must be there, before anybody merges.
REVIEW: Final = ("review_requested", "approval")


class Answer(Protocol):
    """`settled`: a person has taken it on: waived, or said that it is so where the check only waits."""

    @property
    def key(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def settled(self) -> bool: ...


def next_check[A: Answer](answers: Sequence[A]) -> A | None:
    """The one to do next; None when nothing is open. `answers` in the process's order."""
    todo = [one for one in answers if one.verdict in OPEN and not one.settled]
    if not todo:
        return None
    if _merged(answers):
        todo = [one for one in todo if one.key not in BEFORE_MERGE] or todo
    todo = [one for one in todo if one.key not in PASSIVE] or todo
    wrong = [one for one in todo if one.verdict == Verdict.FAIL]
    if moved := next((one for one in wrong if one.key == "tag_unmoved"), None):
        return moved
    fix_missing = _fix_missing(answers)
    chosen = wrong[0] if wrong else todo[0]
    passed_over = {chosen.key}
    while other := _first_that_outdates(chosen.key, todo, passed_over, fix_missing):
        chosen = other
        passed_over.add(chosen.key)
    return (_unreviewed(answers) if chosen.key == "merged" else None) or chosen


def outdates(key: str) -> frozenset[str]:
    """Checks whose answer is worth nothing once `key` has been mended."""
    return frozenset(
        {
            *(OF_COMMIT if key in BY_COMMIT else ()),
            *(OF_BRANCH if key in BY_BRANCH else ()),
            *(OF_TAG if key in BY_TAG else ()),
            *(OF_DEPLOYMENT if key in BY_DEPLOYMENT else ()),
        }
    )


def _first_that_outdates[A: Answer](
    key: str, todo: Sequence[A], passed_over: set[str], fix_missing: bool
) -> A | None:
    if fix_missing and key == "tests_passed":
        return None
    return next((one for one in todo if one.key not in passed_over and key in outdates(one.key)), None)


def _unreviewed[A: Answer](answers: Sequence[A]) -> A | None:
    """Where nothing can tell of a review, somebody must: nobody is sent to merge before that."""
    found = {one.key: one for one in answers if one.key in REVIEW}
    approval = found.get("approval")
    if approval is None or approval.settled or approval.verdict != Verdict.UNKNOWN:
        return None
    asked = found.get("review_requested")
    return asked if asked and asked.verdict == Verdict.UNKNOWN and not asked.settled else approval


def _merged(answers: Sequence[Answer]) -> bool:
    return any(one.key == "merged" and one.verdict in MERGED for one in answers)


def _fix_missing(answers: Sequence[Answer]) -> bool:
    """While no commit holds the fix, “tested” waits for the fix itself, which comes before version and changelog."""
    found = {one.key: one.verdict for one in answers}
    return found.get("commit_message", Verdict.PENDING) == Verdict.PENDING
