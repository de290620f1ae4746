"""Whose approval counts, and for what (K87, K95, K107)."""

import pytest

from tests.hotfixes.forges.playing import saying
from tests.hotfixes.forges.scene import Scene


def test_somebody_else_approves_the_last_commit(everywhere: Scene) -> None:
    """K95, K107."""
    pull = everywhere.asked()
    assert everywhere.verdict("approval") == "PENDING"
    everywhere.state.review(pull, "ben")
    result = everywhere.judge("approval")
    assert (str(result.verdict), result.summary) == (
        "PASS",
        f"ben approved {everywhere.tip[:10]}, the branch's last commit.",
    )
    assert (result.facts["approved_by"], result.facts["head"]) == (["ben"], everywhere.tip)
    assert result.next is None


def test_it_still_counts_after_the_merge_with_the_branch_deleted(everywhere: Scene) -> None:
    pull = everywhere.asked()
    everywhere.state.review(pull, "ben")
    everywhere.observe()
    everywhere.story.fast_forward()
    everywhere.state.merge(pull)
    everywhere.observe()
    everywhere.story.repository.delete("refs/heads/hotfix/krow-v0.1.1")
    assert everywhere.verdict("approval") == "PASS"


def test_nobody_waives_it(scene: Scene) -> None:
    """K87: released without one is never well, however urgent it was."""
    pull = scene.asked()
    scene.story.fast_forward()
    scene.state.merge(pull)
    result = scene.judge("approval")
    assert (str(result.verdict), result.summary) == (
        "FAIL",
        "It is released without the approval of somebody who did not write it.",
    )


def test_an_approval_of_an_older_commit_fails_and_says_what_to_do(everywhere: Scene) -> None:
    pull = everywhere.asked()
    old = everywhere.tip
    everywhere.state.review(pull, "ben")
    assert everywhere.verdict("approval") == "PASS"
    everywhere.push(pull)
    result = everywhere.judge("approval")
    assert (str(result.verdict), result.summary) == (
        "FAIL",
        f"ben approved {old[:10]}; the branch has gone on to {everywhere.tip[:10]} since.",
    )
    assert result.next is not None
    assert result.next.text.startswith("Ask somebody who did not write it to approve ")
    everywhere.state.review(pull, "ben")
    assert everywhere.verdict("approval") == "PASS"


def test_a_dismissal_revokes(everywhere: Scene) -> None:
    pull = everywhere.asked()
    review = everywhere.state.review(pull, "ben")
    assert everywhere.verdict("approval") == "PASS"
    everywhere.state.dismiss(review)
    result = everywhere.judge("approval")
    assert (str(result.verdict), result.summary) == (
        "FAIL",
        "The review by ben was taken back: it counts no more.",
    )
    everywhere.state.review(pull, "carl")
    assert everywhere.verdict("approval") == "PASS"


def test_who_approved_and_then_asks_for_changes_approves_no_more(everywhere: Scene) -> None:
    pull = everywhere.asked()
    everywhere.state.review(pull, "ben")
    everywhere.state.review(pull, "ben", "changes_requested")
    result = everywhere.judge("approval")
    assert (str(result.verdict), result.summary) == ("FAIL", "ben asks for changes.")


def test_a_later_comment_takes_nothing_back(scene: Scene) -> None:
    pull = scene.asked()
    scene.state.review(pull, "ben")
    scene.state.review(pull, "ben", "commented")
    assert scene.verdict("approval") == "PASS"


def test_an_approval_after_changes_were_asked_for_stands(scene: Scene) -> None:
    pull = scene.asked()
    scene.state.review(pull, "ben", "changes_requested")
    assert scene.verdict("approval") == "FAIL"
    scene.state.review(pull, "ben")
    assert scene.verdict("approval") == "PASS"


def test_one_approves_and_another_asks_for_changes(scene: Scene) -> None:
    pull = scene.asked()
    scene.state.review(pull, "ben")
    scene.state.review(pull, "carl", "changes_requested")
    result = scene.judge("approval")
    assert (str(result.verdict), result.summary) == (
        "WARN",
        f"ben approved {scene.tip[:10]}, but carl asks for changes.",
    )


def test_who_is_asked_again_has_still_approved(everywhere: Scene) -> None:
    pull = everywhere.asked()
    everywhere.state.review(pull, "ben")
    pull.asked.append("ben")
    result = everywhere.judge("approval")
    assert (str(result.verdict), result.proof[-1]) == ("PASS", "Asked to look again: ben")


@pytest.mark.parametrize("login", ["ada", "Ada", "ADA"])
def test_the_authors_own_approval_is_none(everywhere: Scene, login: str) -> None:
    everywhere.state.review(everywhere.asked(), login)
    result = everywhere.judge("approval")
    assert (str(result.verdict), result.summary) == (
        "PENDING",
        f"{login} approved what they wrote themselves; it takes somebody else.",
    )


def test_who_wrote_a_commit_does_not_approve_it(everywhere: Scene) -> None:
    """The pull is Ada's, a commit in it is Ben's: as the forge, or as git names him."""
    pull = everywhere.asked(author="carl")
    pull.commits = [
        ("", "Dora", "dora@example.test"),
        ("ben", "Ben Beispiel", "7+ben@users.noreply.github.com"),
    ]
    everywhere.state.review(pull, "ben", name="Ben Beispiel")
    assert everywhere.verdict("approval") == "PENDING"


def test_git_knows_the_author_where_the_forge_does_not(everywhere: Scene) -> None:
    """Commits are by Ada <ada@example.test>; whoever has that name on the forge is she."""
    pull = everywhere.asked(author="carl")
    pull.commits = [("", "Somebody", "s@example.test")]
    everywhere.state.review(pull, "a.lovelace", name="Ada")
    known = everywhere.forge.kind != "github"
    assert everywhere.verdict("approval") == ("PENDING" if known else "PASS")


def test_a_machine_approves_nothing(everywhere: Scene) -> None:
    name = {"github": "renovate[bot]", "gitlab": "project_7_bot_1f", "gitea": "gitea-actions"}[
        everywhere.forge.kind
    ]
    everywhere.state.review(everywhere.asked(), name, bot=True)
    result = everywhere.judge("approval")
    assert (str(result.verdict), result.summary) == (
        "PENDING",
        f"Only {name} approved it, and that is a machine.",
    )


def test_merged_on_the_forge_alone_means_nothing(scene: Scene) -> None:
    """Git does not have it: neither is it released, nor is the approval late."""
    pull = scene.asked()
    scene.state.merge(pull)
    assert scene.verdict("approval") == "PENDING"
    scene.state.review(pull, "ben")
    assert scene.verdict("approval") == "PASS"


def test_two_approvals_where_two_are_asked_for(scene: Scene) -> None:
    scene.rule(approvals=2)
    pull = scene.asked()
    scene.state.review(pull, "ben")
    scene.state.review(pull, "ben")
    result = scene.judge("approval")
    assert (str(result.verdict), result.summary) == ("PENDING", f"1 of 2 approvals of {scene.tip[:10]}.")
    scene.state.review(pull, "carl")
    assert scene.judge("approval").facts["approved_by"] == ["ben", "carl"]


def test_a_team_of_one_is_told_that_nobody_else_looked(gitea_scene: Scene) -> None:
    gitea_scene.rule(not_by_author=False)
    pull = gitea_scene.asked()
    gitea_scene.state.review(pull, "ada")
    result = gitea_scene.judge("approval")
    assert (str(result.verdict), result.summary) == (
        "STATED",
        "Self-reviewed by ada: nobody else has looked at it.",
    )
    gitea_scene.state.review(pull, "ben")
    assert gitea_scene.verdict("approval") == "PASS"


def test_the_pull_into_main_counts_not_the_other_one(scene: Scene) -> None:
    pull = scene.asked()
    other = scene.state.open(scene.tip, base="develop")
    scene.state.review(other, "ben")
    assert scene.verdict("approval") == "PENDING"
    scene.state.review(pull, "ben")
    assert scene.verdict("approval") == "PASS"


def test_an_approval_of_a_forks_branch_of_the_same_name_is_for_something_else(everywhere: Scene) -> None:
    everywhere.asked()
    fork = everywhere.state.open(everywhere.tip, fork=True, author="mallory")
    everywhere.state.review(fork, "ben")
    assert everywhere.verdict("approval") == "PENDING"


def test_closed_and_reopened(scene: Scene) -> None:
    pull = scene.asked()
    scene.state.review(pull, "ben")
    pull.state = "closed"
    scene.observe()
    pull.state = "open"
    assert scene.verdict("approval") == "PASS"


def test_the_process_may_not_ask(scene: Scene) -> None:
    scene.rule(approvals=None)
    assert scene.verdict("approval") == "N/A"


def test_nobody_can_tell_without_the_forge(scene: Scene) -> None:
    scene.state.review(scene.asked(), "ben")
    scene.ask_forge = False
    assert scene.judge("approval").summary == "Can't tell: only a forge shows this, and none is connected."
    scene.trouble = "The forge cannot be reached."
    assert scene.judge("approval").summary == "Can't tell: The forge cannot be reached."
    assert scene.verdict("approval") == "UNKNOWN"


@pytest.mark.parametrize("code", [401, 404, 429, 500, 302])
def test_no_answer_is_no_approval(everywhere: Scene, code: int) -> None:
    everywhere.state.review(everywhere.asked(), "ben")
    everywhere.forge.instead = saying(code, {})
    assert everywhere.verdict("approval") == "UNKNOWN"


def test_reviews_that_are_kept_from_us(scene: Scene) -> None:
    scene.state.review(scene.asked(), "ben")
    scene.forge.forbidden = ("reviews",)
    result = scene.judge("approval")
    assert (str(result.verdict), result.summary.startswith("Can't tell: The token may not read this.")) == (
        "UNKNOWN",
        True,
    )


def test_who_wrote_it_must_be_known(scene: Scene) -> None:
    """The forge names nobody, or not to us: the approver might be the author."""
    pull = scene.asked()
    scene.state.review(pull, "ben")
    scene.forge.forbidden = ("commits",)
    assert scene.verdict("approval") == "UNKNOWN"
    scene.forge.forbidden = ()
    pull.commits = []
    result = scene.judge("approval")
    assert (
        result.summary == "Can't tell who wrote the commits, and so not whether somebody else approved them."
    )
