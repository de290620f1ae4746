"""Which check comes next: the process's order, but nothing that a mend still due would outdate."""

from dataclasses import dataclass

import pytest

from hotfixes.standing.next_check import next_check

KROW = (
    "severity_assessed", "cut_from_tag", "tests_passed", "version_bump", "changelog_entry", "commit_message",
    "review_requested", "approval", "merged", "tag_commit", "tag_pushed", "deployed", "smoke", "healthy_window",
    "users_notified", "release_published", "documented", "branch_name", "minimal_diff", "ff_possible", "ci_passed",
    "tag_annotated", "tag_unmoved",
)  # fmt: skip


@dataclass(frozen=True)
class One:
    key: str
    verdict: str
    settled: bool = False


def stand(after: str = "", waived: str = "", **given: str) -> list[One]:
    """All up to and with `after` PASS, the others PENDING, but for those given."""
    done = KROW[: KROW.index(after) + 1] if after else ()
    return [
        One(key, given.get(key, "PASS" if key in done else "PENDING"), key == waived) for key in KROW
    ]  # fmt: skip


# fmt: off
CASES = [
    ("nothing is done", stand(), "severity_assessed"),
    ("the branch comes first of what git sees", stand("severity_assessed"), "cut_from_tag"),
    ("the fix comes before the version",
     stand("cut_from_tag", branch_name="PASS", ff_possible="PASS"), "tests_passed"),
    ("once there is a fix, what is still to be written comes before testing it",
     stand("cut_from_tag", branch_name="PASS", ff_possible="PASS", commit_message="PASS"), "version_bump"),
    ("a failing changelog comes before asking for approval",
     stand("review_requested", branch_name="PASS", ff_possible="PASS", changelog_entry="FAIL"), "changelog_entry"),
    ("even where the list names the changelog behind the approval",
     [One("approval", "PENDING"), One("changelog_entry", "FAIL")], "changelog_entry"),
    ("main has moved: the rebase comes before the approval it would outdate",
     stand("review_requested", branch_name="PASS", ff_possible="FAIL"), "ff_possible"),
    ("a branch from main is cut anew before its commits are mended",
     stand("commit_message", cut_from_tag="FAIL", version_bump="FAIL", commit_message="FAIL"), "cut_from_tag"),
    ("with all that written down, the approval",
     stand("review_requested", branch_name="PASS", ff_possible="PASS"), "approval"),
    ("the merge",
     stand("approval", branch_name="PASS", ff_possible="PASS"), "merged"),
    ("the tag's message, before the tag is deployed",
     stand("tag_pushed", branch_name="PASS", ff_possible="PASS", tag_annotated="FAIL"), "tag_annotated"),
    ("what nobody can mend after the merge waits",
     stand("merged", commit_message="FAIL", branch_name="PASS", ff_possible="PASS", tag_annotated="PASS"),
     "tag_commit"),
    ("but is not forgotten",
     [One("commit_message", "FAIL"), One("merged", "PASS")], "commit_message"),
    ("what was waived is done",
     stand("approval", waived="merged", branch_name="PASS", ff_possible="PASS", tag_annotated="PASS"),
     "tag_commit"),
    ("not knowing is no task",
     [One("merged", "UNKNOWN"), One("deployed", "STATED"), One("smoke", "WARN"), One("errors", "N/A")], None),
    ("the wrong version runs: deploy again before smoke tests",
     stand("deployed", branch_name="PASS", ff_possible="PASS", tag_annotated="PASS", deployed="FAIL"), "deployed"),
    ("a moved tag comes before everything",
     stand("deployed", tag_unmoved="FAIL", tag_commit="FAIL", tag_annotated="FAIL", smoke="FAIL"), "tag_unmoved"),
    ("what is wrong comes before what is waited for",
     [One("review_requested", "PENDING"), One("smoke", "FAIL")], "smoke"),
    ("a limit that has passed keeps nobody from the rest",
     [One("within_limit", "FAIL"), One("smoke", "PENDING")], "smoke"),
    ("a watch ends by itself, behind what people do",
     [One("healthy_window", "PENDING"), One("users_notified", "PENDING")], "users_notified"),
    ("nobody merges before somebody has asked for the review",
     [One("review_requested", "UNKNOWN"), One("approval", "UNKNOWN"), One("merged", "PENDING")],
     "review_requested"),
    ("nor before somebody says that it is approved",
     [One("review_requested", "STATED"), One("approval", "UNKNOWN"), One("merged", "PENDING")], "approval"),
    ("an approval that was waived holds nobody",
     [One("review_requested", "UNKNOWN"), One("approval", "UNKNOWN", settled=True), One("merged", "PENDING")],
     "merged"),
    ("nothing at all", [], None),
]
# fmt: on


@pytest.mark.parametrize(("story", "answers", "expected"), CASES, ids=[story for story, _a, _e in CASES])
def test_what_comes_next(story: str, answers: list[One], expected: str | None) -> None:
    found = next_check(answers)
    assert (found.key if found else None) == expected
