"""What each check is called where no box of a checklist names it. Short: it stands in lists and in a terminal."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

TITLES: Final[dict[str, str | Promise]] = {
    "severity_assessed": lazy("Severity assessed"),
    "cut_from_tag": lazy("Branch made from the production tag"),
    "branch_name": lazy("Branch is called as agreed"),
    "commit_message": lazy("Commit message is complete"),
    "minimal_diff": lazy("Change is minimal"),
    "version_bump": lazy("Version raised"),
    "changelog_entry": lazy("Changelog entry added"),
    "ff_possible": lazy("Can be merged as agreed"),
    "review_requested": lazy("Review asked for"),
    "approval": lazy("Approved by somebody else"),
    "merged": lazy("Merged"),
    "tag_annotated": lazy("Tag carries a message"),
    "tag_commit": lazy("Tag is on the right commit"),
    "tag_pushed": lazy("Tag pushed"),
    "tag_unmoved": lazy("Tag stays where it was"),
    "release_published": lazy("Release published"),
    "ci_passed": lazy("CI passed"),
    "deployed": lazy("Deployed"),
    "within_limit": lazy("Deployed in time"),
    "version_live": lazy("New version runs"),
    "smoke": lazy("Smoke tests passed"),
    "healthy_window": lazy("Watched long enough"),
    "errors": lazy("No new errors"),
    "users_notified": lazy("Users told"),
    "documented": lazy("Incident documented"),
    "postmortem_scheduled": lazy("Postmortem scheduled"),
    "reproduced": lazy("Reproduced"),
    "tests_passed": lazy("Fixed and tested"),
    "verified_live": lazy("Tried where it runs"),
    "artifact_built": lazy("Artifact built"),
    "artifact_stored": lazy("Artifact stored"),
    "manifest_version": lazy("Manifest names the new version"),
    "release_notes": lazy("Release notes written"),
    "user_reports": lazy("User reports looked at"),
    "fix_verified": lazy("The problem is gone"),
    "rollback_verified": lazy("Rollback tried"),
}
