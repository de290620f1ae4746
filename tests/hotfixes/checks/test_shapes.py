"""How teams really work: squashed, rebased, picked, rewritten, seen late, tagged anew, odd files."""

from typing import Any

import pytest

from hotfixes.checks import evaluate
from tests.hotfixes.checks.stories import (
    BASE,
    BEFORE,
    BRANCH,
    ENTRY,
    FIXED,
    HEAD,
    KROW,
    MESSAGE,
    NOTED,
    RAISED,
    ROW,
    TAG,
    Story,
)

ANY: dict[str, Any] = {**KROW, "merge": "any"}
OTHER = {"lib/cart.dart": "one\nand a half\ntwo\n"}


def only(found: dict[str, str], *keys: str) -> dict[str, str]:
    return {key: found[key] for key in keys}


# Merging


@pytest.mark.parametrize(("policy", "expected"), [(KROW, "FAIL"), (ANY, "PASS")])
def test_a_squash_onto_main_that_went_on_is_recognised(
    story: Story, policy: dict[str, Any], expected: str
) -> None:
    story.policy = policy
    story.whole_fix()
    story.look()
    story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    story.look()
    squashed = story.repository.commit({**NOTED, **OTHER}, "fix: sign-in (#7)\n", on="main")
    seen = story.look()
    assert only(seen, "merged", "cut_from_tag") == {"merged": expected, "cut_from_tag": "PASS"}
    story.tag(squashed)
    assert only(story.look(), "tag_commit", "version_bump", "changelog_entry") == {
        "tag_commit": "PASS",
        "version_bump": "PASS",
        "changelog_entry": "PASS",
    }


def test_commits_that_were_rebased_or_picked_one_by_one_are_recognised(story: Story) -> None:
    story.policy = ANY
    story.whole_fix()
    story.look()
    for files, message in ((BEFORE, "feat: cart\n"), (FIXED, MESSAGE), (RAISED, "v\n"), (NOTED, "c\n")):
        story.repository.commit({**files, **OTHER}, message, on="main")
    result = story.results()["merged"]
    assert (result.verdict, result.facts["how"]) == ("PASS", "rebase or cherry-pick")


def test_half_of_the_commits_on_main_is_not_merged(story: Story) -> None:
    story.policy = ANY
    story.whole_fix()
    story.look()
    story.repository.commit({**FIXED, **OTHER}, "feat: cart\n", on="main")
    assert story.look()["merged"] == "PENDING"


def test_a_merge_queue_merges_beside_other_work(story: Story) -> None:
    story.policy = ANY
    tip = story.whole_fix()
    story.look()
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    merge = story.repository.commit({**NOTED, **OTHER}, "Merge\n", on="main", parents=[main, tip])
    later = story.repository.commit({**NOTED, **OTHER, "x": "1"}, "feat: x\n", on="main")
    story.tag(merge)
    seen = story.look()
    assert only(seen, "merged", "tag_commit", "cut_from_tag") == {
        "merged": "PASS",
        "tag_commit": "PASS",
        "cut_from_tag": "PASS",
    }
    story.tag(later)
    assert only(story.look(), "tag_commit", "tag_unmoved") == {"tag_commit": "WARN", "tag_unmoved": "FAIL"}


def test_main_goes_on_after_the_fast_forward(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.repository.commit({**NOTED, **OTHER}, "feat: cart\n", on="main")
    story.tag(tip)
    seen = story.look()
    assert only(seen, "merged", "tag_commit", "ff_possible", "cut_from_tag") == dict.fromkeys(
        ("merged", "tag_commit", "ff_possible", "cut_from_tag"), "PASS"
    )
    story.repository.delete(f"refs/tags/{TAG}")
    story.tag(story.repository.tips["refs/heads/main"])
    assert story.look()["tag_commit"] == "FAIL"


def test_a_merge_of_main_into_the_branch_brings_what_nobody_wanted_to_release(story: Story) -> None:
    tip = story.whole_fix()
    assert story.look()["cut_from_tag"] == "PASS"
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    merge = story.repository.commit({**NOTED, **OTHER}, "Merge main\n", parents=[tip, main])
    story.repository.branch(BRANCH, merge)
    result = story.results()["cut_from_tag"]
    assert result.verdict == "FAIL"
    assert result.summary == f"main has come into the branch: it carries 1 commits that are not in {BASE}."
    story.fast_forward()
    assert only(story.look(), "cut_from_tag", "merged") == {"cut_from_tag": "FAIL", "merged": "FAIL"}


def test_main_that_is_rewritten_without_the_fix_is_told(story: Story) -> None:
    story.whole_fix()
    story.look()
    story.fast_forward()
    assert story.look()["merged"] == "PASS"
    story.repository.branch("main", story.base)
    assert story.look()["merged"] == "FAIL"


def test_a_revert_on_main_is_worth_a_look(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.repository.commit(BEFORE, f'Revert "docs"\n\nThis reverts commit {tip}.\n', on="main")
    assert story.look()["merged"] == "WARN"


def test_a_fast_forward_is_not_possible_when_main_is_ahead(story: Story) -> None:
    story.whole_fix()
    story.look()
    story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    result = story.results()["ff_possible"]
    assert (result.verdict, result.facts["ahead"]) == ("FAIL", 1)
    assert result.proof[0].endswith("feat: cart")


# Seen late or seldom


def test_who_connects_after_the_merge_is_told_that_nobody_can_tell(story: Story) -> None:
    tip = story.whole_fix()
    story.fast_forward()
    story.tag(tip)
    seen = story.look()
    assert only(
        seen, "cut_from_tag", "commit_message", "minimal_diff", "tag_unmoved", "ff_possible"
    ) == dict.fromkeys(
        ("cut_from_tag", "commit_message", "minimal_diff", "tag_unmoved", "ff_possible"), "UNKNOWN"
    )
    assert only(seen, "version_bump", "changelog_entry", "tag_annotated", "tag_commit") == dict.fromkeys(
        ("version_bump", "changelog_entry", "tag_annotated", "tag_commit"), "PASS"
    )


def test_who_connects_after_the_branch_is_gone_knows_less_still(story: Story) -> None:
    tip = story.whole_fix()
    story.fast_forward()
    story.tag(tip)
    story.repository.delete(f"refs/heads/{BRANCH}")
    seen = story.look()
    assert only(
        seen, "cut_from_tag", "branch_name", "merged", "tag_commit", "commit_message"
    ) == dict.fromkeys(("cut_from_tag", "branch_name", "merged", "tag_commit", "commit_message"), "UNKNOWN")
    assert only(seen, "version_bump", "changelog_entry", "tag_annotated", "tag_pushed") == dict.fromkeys(
        ("version_bump", "changelog_entry", "tag_annotated", "tag_pushed"), "PASS"
    )


def test_who_connects_while_the_branch_stands_beside_main_can_tell(story: Story) -> None:
    story.whole_fix()
    assert only(story.look(), "cut_from_tag", "minimal_diff") == {
        "cut_from_tag": "PASS",
        "minimal_diff": "PASS",
    }


def test_a_push_and_merge_between_two_looks_proves_nothing_about_the_beginning(story: Story) -> None:
    story.look()
    story.whole_fix()
    story.fast_forward()
    assert story.look()["cut_from_tag"] == "UNKNOWN"


def test_an_empty_branch_moved_to_main_is_not_the_fix_merged(story: Story) -> None:
    story.repository.branch(BRANCH, story.base)
    assert story.look()["cut_from_tag"] == "PASS"
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    story.repository.branch(BRANCH, main)
    seen = story.look()
    assert (seen["cut_from_tag"], seen["merged"]) == ("UNKNOWN", "UNKNOWN")
    story.look()
    story.repository.commit({**FIXED, **OTHER}, MESSAGE, on=BRANCH)
    seen = story.look()
    assert (seen["cut_from_tag"], seen["merged"]) == ("FAIL", "PENDING")


def test_an_empty_branch_moved_to_where_main_long_was_is_wrong(story: Story) -> None:
    story.repository.branch(BRANCH, story.base)
    story.look()
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    story.look()
    story.repository.branch(BRANCH, main)
    assert story.look()["cut_from_tag"] == "FAIL"


def test_what_was_proven_stays_when_the_last_commits_come_with_the_merge(story: Story) -> None:
    story.commit(FIXED, MESSAGE)
    story.look()
    story.commit(RAISED, "chore: version\n")
    story.commit(NOTED, "docs: changelog\n")
    story.fast_forward()
    assert only(story.look(), "cut_from_tag", "merged") == {"cut_from_tag": "PASS", "merged": "PASS"}


# Rewritten branches


def test_a_force_push_that_begins_at_the_tag_heals(story: Story) -> None:
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    story.look()
    story.repository.branch(BRANCH, main)
    story.commit({**FIXED, **OTHER}, "wip\n")
    assert only(story.look(), "cut_from_tag", "commit_message") == {
        "cut_from_tag": "FAIL",
        "commit_message": "FAIL",
    }
    story.repository.branch(BRANCH, story.base)
    story.commit(FIXED, MESSAGE)
    assert only(story.look(), "cut_from_tag", "commit_message") == {
        "cut_from_tag": "PASS",
        "commit_message": "PASS",
    }


def test_a_rebase_onto_main_harms(story: Story) -> None:
    story.commit(FIXED, MESSAGE)
    assert story.look()["cut_from_tag"] == "PASS"
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    story.repository.branch(BRANCH, main)
    story.commit({**FIXED, **OTHER}, MESSAGE)
    assert story.look()["cut_from_tag"] == "FAIL"


def test_a_branch_cut_from_develop_is_worth_a_look(story: Story) -> None:
    story.repository.branch("develop", story.base)
    story.commit({**BEFORE, **OTHER}, "feat: cart\n", on="develop")
    story.look()
    story.repository.branch(BRANCH, story.repository.tips["refs/heads/develop"])
    story.commit({**FIXED, **OTHER}, MESSAGE)
    result = story.results()["cut_from_tag"]
    assert (result.verdict, "also in develop" in result.summary) == ("WARN", True)


def test_a_branch_that_was_renamed_after_the_hint_is_right(story: Story) -> None:
    story.look()
    tip = story.whole_fix(on="fix-login")
    assert story.look()["branch_name"] == "FAIL"
    story.repository.branch(BRANCH, tip)
    story.repository.delete("refs/heads/fix-login")
    assert only(story.look(), "branch_name", "cut_from_tag") == {
        "branch_name": "PASS",
        "cut_from_tag": "PASS",
    }


def test_another_hotfix_is_never_taken_for_this_one(story: Story) -> None:
    story.look()
    story.whole_fix(on="hotfix/krow-v0.1.2")
    story.whole_fix(on="hotfix/shop-v0.1.1")
    story.commit({**BEFORE, **OTHER}, "feat: cart\n", on="feature/cart")
    seen = story.look()
    assert only(seen, "branch_name", "cut_from_tag", "merged", "commit_message") == dict.fromkeys(
        ("branch_name", "cut_from_tag", "merged", "commit_message"), "PENDING"
    )


def test_a_name_that_would_run_in_a_shell_is_quoted(story: Story) -> None:
    story.picked = "fix-$(touch${IFS}/tmp/owned)"
    story.look()
    story.whole_fix(on=story.picked)
    then = story.results()["branch_name"].next
    assert then is not None
    assert then.commands[0] == f"git branch -m 'fix-$(touch${{IFS}}/tmp/owned)' {BRANCH}"


# Tags


def test_a_tag_that_is_deleted_and_made_anew_elsewhere_has_moved(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(tip, message="")
    assert story.look()["tag_unmoved"] == "PASS"
    story.repository.delete(f"refs/tags/{TAG}")
    assert only(story.look(), "tag_pushed", "tag_unmoved") == {"tag_pushed": "FAIL", "tag_unmoved": "FAIL"}
    story.tag(tip)
    assert only(story.look(), "tag_pushed", "tag_unmoved", "tag_annotated") == {
        "tag_pushed": "PASS",
        "tag_unmoved": "FAIL",
        "tag_annotated": "PASS",
    }


def test_a_tag_made_before_the_merge_is_not_on_main(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.tag(tip)
    assert only(story.look(), "tag_commit", "merged") == {"tag_commit": "FAIL", "merged": "PENDING"}
    story.fast_forward()
    assert story.look()["tag_commit"] == "PASS"


def test_a_tag_of_another_name_on_the_fix_is_told(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(tip, name="v0.1.1")
    result = story.results()["tag_pushed"]
    assert (result.verdict, result.summary) == ("FAIL", f"The tag is named v0.1.1; it should be {TAG}.")


@pytest.mark.parametrize("message", ["Release", "HOTFIX: [Issue fixed]", "HOTFIX:"])
def test_a_tag_with_another_message(story: Story, message: str) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(tip, message=message)
    assert story.look()["tag_annotated"] == "FAIL"


def test_a_tag_of_a_tag_leads_to_the_fix(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    inner = story.tag(tip, name="inner")
    story.repository.tag(TAG, inner, "HOTFIX: sign-in fails", kind="tag")
    assert only(story.look(), "tag_commit", "tag_annotated") == {
        "tag_commit": "PASS",
        "tag_annotated": "PASS",
    }


def test_a_tag_of_a_file_is_no_release(story: Story) -> None:
    story.whole_fix()
    story.look()
    story.fast_forward()
    story.repository.tag(TAG, story.repository.blob("x"), "HOTFIX: x", kind="blob")
    seen = story.look()
    assert seen["tag_commit"] == "FAIL"
    assert "PASS" not in only(seen, "tag_commit", "version_bump", "changelog_entry").values()


def test_no_base_tag_is_nobodys_proof(story: Story) -> None:
    story.old = "0.0.9"
    story.new = "0.0.10"
    story.commit(FIXED, MESSAGE, on="hotfix/krow-v0.0.10")
    seen = story.look()
    assert only(seen, "cut_from_tag", "version_bump", "changelog_entry") == dict.fromkeys(
        ("cut_from_tag", "version_bump", "changelog_entry"), "UNKNOWN"
    )


# Files


@pytest.mark.parametrize(
    "text",
    [
        (HEAD + ENTRY + ROW).replace("\n", "\r\n"),
        "\ufeff" + HEAD + ENTRY + ROW,
        ENTRY + ROW,
        HEAD + "| Unreleased | | soon |\n" + ENTRY + ROW,
        HEAD + ENTRY.replace("HOTFIX: sign-in fails", "**HOTFIX:** sign-in fails") + ROW,
        HEAD + ENTRY.replace("0.1.1", "v0.1.1") + ROW,
    ],
)
def test_a_changelog_is_read_however_its_lines_end(story: Story, text: str) -> None:
    story.look()
    story.commit({**RAISED, "CHANGELOG.md": text}, MESSAGE)
    assert story.look()["changelog_entry"] == "PASS"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + ENTRY, "FAIL"),
        (HEAD + ENTRY + ROW.replace("First release", "First"), "FAIL"),
        (HEAD + ENTRY.replace("HOTFIX: ", "") + ROW, "FAIL"),
        (HEAD + ENTRY.replace("sign-in fails", "[Issue fixed]") + ROW, "FAIL"),
        (HEAD + "<<<<<<< HEAD\n" + ENTRY + "=======\n>>>>>>> main\n" + ROW, "FAIL"),
        (HEAD + ENTRY.replace("2026-05-28", "") + ROW, "WARN"),
        (HEAD + ENTRY.replace("0.1.1", "0.1.10") + ROW, "PENDING"),
        (b"\xff\xfe|\0", "UNKNOWN"),
    ],
)
def test_a_changelog_that_is_not_right(story: Story, text: str | bytes, expected: str) -> None:
    story.look()
    story.commit({**RAISED, "CHANGELOG.md": text}, MESSAGE)
    assert story.look()["changelog_entry"] == expected


def test_a_changelog_that_was_renamed_is_gone(story: Story) -> None:
    story.look()
    moved = {path: content for path, content in NOTED.items() if path != "CHANGELOG.md"}
    story.commit({**moved, "CHANGES.md": HEAD + ENTRY + ROW}, MESSAGE)
    assert story.look()["changelog_entry"] == "FAIL"


def test_a_version_file_that_was_renamed_is_told(story: Story) -> None:
    story.look()
    moved = {path: content for path, content in NOTED.items() if not path.endswith("pubspec.yaml")}
    story.commit({**moved, "mobile/pubspec.yaml": "name: krow\nversion: 0.1.1+6\n"}, MESSAGE)
    assert only(story.look(), "version_bump", "minimal_diff") == {
        "version_bump": "FAIL",
        "minimal_diff": "WARN",
    }


def test_an_empty_commit_is_no_fix(story: Story) -> None:
    story.look()
    story.commit(BEFORE, MESSAGE)
    seen = story.look()
    assert only(seen, "commit_message", "minimal_diff", "tests_passed", "merged") == dict.fromkeys(
        ("commit_message", "minimal_diff", "tests_passed", "merged"), "PENDING"
    )


def test_a_symlink_in_the_changelogs_place_proves_nothing(story: Story) -> None:
    story.look()
    story.commit({**RAISED, "CHANGELOG.md": story.repository.link("/etc/passwd")}, MESSAGE)
    assert story.look()["changelog_entry"] == "UNKNOWN"


def test_a_binary_file_is_said_to_be_unmeasured(story: Story) -> None:
    story.look()
    story.commit({**FIXED, "lib/login.dart": b"\0\1\2"}, MESSAGE)
    result = story.results()["minimal_diff"]
    assert (result.verdict, result.facts["unmeasured"]) == ("WARN", ["lib/login.dart"])


def test_lock_files_and_tests_do_not_make_a_fix_big(story: Story) -> None:
    story.look()
    more = {"test/login_test.dart": "x\n" * 500, "pubspec.lock": "y\n" * 900}
    story.commit({**FIXED, **more}, MESSAGE)
    result = story.results()["minimal_diff"]
    assert (result.verdict, result.facts["files"], result.facts["lines"]) == ("PASS", 1, 2)


# A monorepo with several products

MONO: dict[str, Any] = {
    **KROW,
    "version_files": [
        {"path": "apps/web/package.json", "kind": "npm", "component": "web"},
        {"path": "backend/*/package.json", "kind": "npm", "component": "backend"},
    ],
}


def mono(web: str, orders: str, mail: str) -> dict[str, Any]:
    rest = {path: content for path, content in NOTED.items() if not path.endswith("pubspec.yaml")}
    files = {"apps/web": web, "backend/orders": orders, "backend/mail": mail}
    return {**rest, **{f"{at}/package.json": f'{{\n  "version": "{v}"\n}}\n' for at, v in files.items()}}


@pytest.mark.parametrize(
    ("component", "after", "expected"),
    [
        ("web", mono("0.1.1", "0.1.0", "0.4.0"), "PASS"),
        ("web", mono("0.1.0", "0.1.1", "0.4.0"), "FAIL"),
        ("web", mono("0.1.1", "0.1.1", "0.4.0"), "FAIL"),
        ("backend", mono("0.1.0", "0.1.1", "0.4.0"), "PASS"),
        ("backend", mono("0.1.0", "0.1.1", "0.4.1"), "FAIL"),
        ("backend", mono("0.1.0", "0.1.0", "0.1.1"), "FAIL"),
        ("", mono("0.1.1", "0.1.0", "0.4.0"), "PASS"),
        ("", mono("0.1.1", "0.1.1", "0.4.0"), "WARN"),
        ("", mono("0.1.0", "0.1.0", "0.4.0"), "PENDING"),
        ("web", mono("1.0", "0.1.0", "0.4.0"), "FAIL"),
        ("web", mono("0.1.1-rc.1", "0.1.0", "0.4.0"), "FAIL"),
    ],
)
def test_only_this_products_version_is_raised(
    story: Story, component: str, after: dict[str, Any], expected: str
) -> None:
    story.policy = {**MONO, "build": None}
    story.component = component
    story.base = story.repository.commit(mono("0.1.0", "0.1.0", "0.4.0"), "chore: all\n", on="main")
    story.repository.tag(BASE, story.base, "Release")
    story.look()
    story.commit({**after, "lib/login.dart": "mended\n"}, MESSAGE)
    assert story.look()["version_bump"] == expected


def test_a_version_that_is_computed_is_nobodys_proof(story: Story) -> None:
    story.policy = {**KROW, "version_files": [{"path": "pyproject.toml", "kind": "pyproject"}]}
    story.look()
    story.commit({**FIXED, "pyproject.toml": '[project]\nname = "x"\ndynamic = ["version"]\n'}, MESSAGE)
    assert story.look()["version_bump"] == "UNKNOWN"


# archy: everything plainer


def test_archys_policy_asks_for_less(story: Story) -> None:
    story.policy = {
        "branch": "hotfix/v{new}-{slug}",
        "tag": "v{new}",
        "bump": "patch",
        "changelog": {"path": "CHANGELOG.md", "style": "mention"},
        "minimal": {"files": 20, "lines": 400},
    }
    story.repository.tag("v0.1.0", story.base)
    story.look()
    tip = story.whole_fix(on="hotfix/v0.1.1-login")
    seen = story.look()
    assert only(seen, "branch_name", "minimal_diff", "changelog_entry") == dict.fromkeys(
        ("branch_name", "minimal_diff", "changelog_entry"), "PASS"
    )
    assert only(seen, "cut_from_tag", "commit_message", "ff_possible", "tag_annotated") == dict.fromkeys(
        ("cut_from_tag", "commit_message", "ff_possible", "tag_annotated"), "N/A"
    )
    merge = story.repository.commit(NOTED, "Merge\n", on="main", parents=[story.base, tip])
    story.look()
    story.tag(merge, name="v0.1.1", message="")
    seen = story.look()
    assert only(seen, "merged", "version_bump", "tag_commit", "tag_pushed", "tag_unmoved") == dict.fromkeys(
        ("merged", "version_bump", "tag_commit", "tag_pushed", "tag_unmoved"), "PASS"
    )


def test_a_broken_mirror_turns_everything_unknown(story: Story) -> None:
    story.whole_fix()
    story.observe()
    for pack in (story.mirror.folder / "objects").rglob("*"):
        if pack.is_file():
            pack.unlink()
    found = {str(result.verdict) for result in evaluate(story.context()).values()}
    assert "PASS" not in found
