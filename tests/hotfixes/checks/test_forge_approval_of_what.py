"""What an approval was given for: pushes before, after and beside it (K87, K95, K107)."""

from tests.hotfixes.checks.stories import NOTED
from tests.hotfixes.forges.scene import Scene
from tests.hotfixes.forges.state import oid


def test_an_approval_that_followed_a_forced_push_is_not_believed(scene: Scene) -> None:
    """The forge says that the approval is for what came after it."""
    pull = scene.asked()
    review = scene.state.review(pull, "ben")
    assert scene.verdict("approval") == "PASS"
    review.commit = scene.push(pull)
    result = scene.judge("approval")
    assert str(result.verdict) == "UNKNOWN"
    assert result.summary.startswith(
        f"Can't tell what ben approved: {scene.tip[:10]} was first seen on the branch at"
    )


def test_a_commit_that_came_stayed_and_went_away_again_before_the_approval(scene: Scene) -> None:
    """Seen once is not enough: another commit stood there when it was approved."""
    pull = scene.asked()
    first = scene.tip
    scene.push(pull)
    scene.observe()
    review = scene.state.review(pull, "ben")
    review.commit = first
    scene.story.repository.branch("hotfix/krow-v0.1.1", first)
    pull.head = first
    assert scene.verdict("approval") == "UNKNOWN"


def test_who_connects_after_the_approval_cannot_tell(scene: Scene) -> None:
    scene.story.whole_fix()
    pull = scene.state.open(scene.tip)
    scene.state.review(pull, "ben")
    assert scene.verdict("approval") == "UNKNOWN"


def test_githubs_own_log_of_pushes_tells_what_was_approved(scene: Scene) -> None:
    """Approved within the minute between two looks, or before anybody watched."""
    scene.state.logs_pushes = True
    scene.story.whole_fix()
    pull = scene.state.open(scene.tip)
    scene.state.review(pull, "ben")
    assert scene.verdict("approval") == "PASS"
    review = scene.state.review(pull, "carl")
    review.commit = scene.push(pull)
    assert scene.verdict("approval") == "FAIL"
    scene.state.reviews.pop(0)
    assert scene.verdict("approval") == "UNKNOWN"


def test_who_pushed_it_under_another_name_does_not_approve_it(scene: Scene) -> None:
    """K107: a commit's author is whatever its writer says; the log of pushes has the login."""
    scene.state.logs_pushes = True
    scene.state.pushed_by = "ben"
    pull = scene.asked()
    scene.state.review(pull, "ben")
    result = scene.judge("approval")
    assert (str(result.verdict), result.summary) == (
        "PENDING",
        "ben approved what they wrote themselves; it takes somebody else.",
    )
    scene.state.review(pull, "carl")
    assert scene.verdict("approval") == "PASS"


def test_what_we_saw_outweighs_an_older_line_of_the_log(scene: Scene) -> None:
    scene.state.logs_pushes = True
    pull = scene.asked()
    first = scene.tip
    scene.story.commit({"lib/more.dart": "x"}, "fix: more\n")
    scene.observe()
    review = scene.state.review(pull, "ben")
    scene.story.repository.branch("hotfix/krow-v0.1.1", first)
    assert review.commit == first
    assert scene.verdict("approval") == "UNKNOWN"


def test_approved_only_after_the_merge(scene: Scene) -> None:
    pull = scene.asked()
    scene.story.fast_forward()
    scene.state.merge(pull)
    scene.observe()
    scene.state.review(pull, "ben")
    result = scene.judge("approval")
    assert (str(result.verdict), result.summary) == (
        "WARN",
        f"ben approved {scene.tip[:10]} only after it was merged.",
    )


def test_an_earlier_use_of_the_branchs_name_counts_nothing(scene: Scene) -> None:
    old = scene.state.open(oid("e"))
    scene.state.review(old, "ben")
    old.state = "closed"
    scene.story.whole_fix()
    result = scene.judge("approval")
    assert (str(result.verdict), result.summary) == ("PENDING", "There is no pull request to approve yet.")


def test_an_approval_written_before_the_rebase_is_for_the_old_commits(scene: Scene) -> None:
    pull = scene.asked()
    scene.state.review(pull, "ben")
    head = scene.story.repository.commit(NOTED, "fix: all anew\n", parents=[scene.story.base])
    scene.story.repository.branch("hotfix/krow-v0.1.1", head)
    scene.state.push(pull, head)
    assert scene.verdict("approval") == "FAIL"


def test_pushed_approved_merged_and_deleted_between_two_looks(everywhere: Scene) -> None:
    """Nobody saw the last commit on the branch: it was asked for, and what was approved is not known."""
    pull = everywhere.asked()
    everywhere.push(pull)
    everywhere.state.review(pull, "ben")
    everywhere.story.fast_forward()
    everywhere.state.merge(pull)
    everywhere.story.repository.delete("refs/heads/hotfix/krow-v0.1.1")
    result = everywhere.judge("approval")
    assert str(result.verdict) == "UNKNOWN"
    assert result.summary.startswith("Can't tell: ")
    assert everywhere.verdict("review_requested") == "PASS"


def test_the_forge_is_a_push_ahead_of_what_we_saw(scene: Scene) -> None:
    pull = scene.asked()
    scene.state.review(pull, "ben")
    pull.head = oid("d")
    assert scene.judge("approval").summary.endswith(f"the branch was last seen at {scene.tip[:10]}.")
