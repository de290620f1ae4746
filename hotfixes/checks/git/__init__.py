"""What git itself proves: branch, commits, version, changelog, merge and tag. Works with no forge at all."""

from typing import Final

from hotfixes.checks.git.branch import branch_name
from hotfixes.checks.git.changelog import changelog_entry
from hotfixes.checks.git.commits import commit_message, tests_passed
from hotfixes.checks.git.cut import cut_from_tag
from hotfixes.checks.git.merge import ff_possible, merged
from hotfixes.checks.git.minimal import minimal_diff
from hotfixes.checks.git.tags import tag_annotated, tag_commit, tag_pushed, tag_unmoved
from hotfixes.checks.git.told import manifest_version, release_notes
from hotfixes.checks.git.version import version_bump

FAMILY: Final = (
    cut_from_tag,
    branch_name,
    commit_message,
    minimal_diff,
    version_bump,
    changelog_entry,
    tests_passed,
    ff_possible,
    merged,
    tag_annotated,
    tag_commit,
    tag_pushed,
    tag_unmoved,
    release_notes,
    manifest_version,
)
