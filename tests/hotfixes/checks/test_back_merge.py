"""After the release: will the next one bring the fault back, and does everything speak of one version?"""

from typing import Any

import pytest

from foundation import moment
from hotfixes.models import Hotfix
from hotfixes.observing import asking
from products.models import Deployment
from tests.hotfixes.checks.stories import BEFORE, BRANCH, FIXED, KROW, OTHER
from tests.hotfixes.observing.watched import Watched


def begun(watched: Watched) -> None:
    """The fix is on its branch, and was seen there; the changelog is asked for."""
    watched.product.policy = {**watched.product.policy, "changelog": KROW["changelog"]}
    watched.product.save()
    watched.hotfix()
    watched.story.whole_fix()
    watched.look()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.fixture
def hotfix(watched: Watched) -> Hotfix:
    return Hotfix.objects.for_page().get()


def release(watched: Watched, *, merge: bool = True) -> None:
    if merge:
        watched.story.fast_forward()
    watched.story.tag(watched.story.repository.tips[f"refs/heads/{BRANCH}"])


def guard(watched: Watched, hotfix: Hotfix) -> dict[str, dict[str, Any]]:
    asking.ask(hotfix)
    watched.look()
    hotfix.refresh_from_db()
    return {one["key"]: one for one in hotfix.guard}


def test_before_there_is_a_tag_it_waits(watched: Watched, hotfix: Hotfix) -> None:
    said = guard(watched, hotfix)
    assert {one["verdict"] for one in said.values()} == {"PENDING"}


def test_a_fix_that_was_only_tagged_is_missing_on_main(watched: Watched, hotfix: Hotfix) -> None:
    release(watched, merge=False)
    said = guard(watched, hotfix)
    assert said["fix_on_main"]["summary"] == "0.1.1 is released, but main lacks the fix."
    assert said["fix_on_main"]["next_commands"][1].startswith("git cherry-pick -x ")


def test_the_next_release_branch_must_have_it_too(watched: Watched, hotfix: Hotfix) -> None:
    """By its history or by a commit that changes the same; a release before it does not matter."""
    story = watched.story
    story.repository.branch("release/0.0.9", story.base)
    story.repository.branch("release/other-2.0.0", story.base)
    next_one = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", parents=[story.base])
    story.repository.branch("release/0.2.0", next_one)
    release(watched)
    said = guard(watched, hotfix)
    assert said["fix_on_main"]["verdict"] == "PASS"
    assert said["next_release"]["facts"]["branches"] == ["release/0.2.0"]
    assert said["next_release"]["verdict"] == "FAIL"
    picked = story.repository.commit({**FIXED, **OTHER}, "fix: sign-in (picked)\n", parents=[next_one])
    story.repository.branch("release/0.2.0", picked)
    assert guard(watched, hotfix)["next_release"]["summary"] == "The fix is in release/0.2.0."


def test_everything_must_speak_of_one_version(watched: Watched, hotfix: Hotfix) -> None:
    release(watched)
    environment = watched.product.environments.get(kind="production")
    Deployment.objects.create(
        product=watched.product, environment=environment, version="0.1.1", git_ref=f"refs/heads/{BRANCH}",
        status="succeeded", source="api", at=moment.now(),
    )  # fmt: skip
    said = guard(watched, hotfix)["versions_agree"]
    assert (said["verdict"], said["summary"]) == ("PASS", "All speak of 0.1.1.")
    assert said["proof"][-1] == "Entered for the product is 0.1.0 still."
    watched.product.version = "0.1.1"
    watched.product.save()
    said = guard(watched, hotfix)["versions_agree"]
    assert (said["summary"], "Entered" in str(said["proof"])) == ("All speak of 0.1.1.", False)
