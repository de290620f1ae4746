"""How the checks stand at each step of a hotfix in which nothing is wrong."""

from collections.abc import Collection

from hotfixes.checks import git
from tests.hotfixes.checks.stories import verdicts

GIT = tuple(check.__name__ for check in git.FAMILY)

NONE = verdicts(ff_possible="PASS")
EMPTY = NONE | {"cut_from_tag": "PASS", "branch_name": "PASS"}
FIX = EMPTY | {"commit_message": "PASS", "minimal_diff": "PASS", "tests_passed": "STATED"}
VERSION = FIX | {"version_bump": "PASS"}
CHANGELOG = VERSION | {"changelog_entry": "PASS"}
MERGED = CHANGELOG | {"merged": "PASS"}
TAGGED = MERGED | dict.fromkeys(("tag_annotated", "tag_commit", "tag_pushed", "tag_unmoved"), "PASS")


def all_of(keys: str, verdict: str) -> dict[str, str]:
    """`all_of("merged tag_commit", "UNKNOWN")`."""
    return dict.fromkeys(keys.split(), verdict)


def only_git(found: dict[str, str], keys: Collection[str] = GIT) -> dict[str, str]:
    return {key: verdict for key, verdict in found.items() if key in keys}
