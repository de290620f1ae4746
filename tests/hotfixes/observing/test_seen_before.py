"""What was seen, and what never was, decides: by the rows of earlier looks (K20, K49–K53)."""

import pytest

from hotfixes.judging import telling
from hotfixes.lifecycle.start import start
from tests.factories import make_product
from tests.hotfixes.checks.stories import KROW
from tests.hotfixes.observing.replaying import MILESTONES, SHAPES, replayed
from tests.hotfixes.observing.watched import Watched


def test_a_late_connection_knows_no_more_than_it_can(watched: Watched) -> None:
    """Connected after merge, tag and the branch's end: nothing about the beginning is ever PASS."""
    story = watched.story
    tip = story.whole_fix()
    story.fast_forward()
    story.tag(tip)
    story.repository.delete("refs/heads/hotfix/krow-v0.1.1")
    hotfix = watched.hotfix()
    found = watched.verdicts(hotfix)
    unknown = {
        "cut_from_tag",
        "branch_name",
        "commit_message",
        "minimal_diff",
        "merged",
        "tag_commit",
        "tag_unmoved",
    }
    assert {key for key in unknown if found[key] != "UNKNOWN"} == set()
    assert "branch_seen" not in watched.kinds(hotfix.incident)
    assert "merged" not in watched.kinds(hotfix.incident)


# A branch that was there, is put back, is another by the same name.
FURTHER = (
    "squash between two looks",
    "forced push that drops the fix",
    "branch made again under the same name",
)


@pytest.mark.parametrize("name", FURTHER, ids=[name.replace(" ", "_") for name in FURTHER])
def test_what_was_seen_before_counts_in_the_app_too(watched: Watched, name: str) -> None:
    shape = SHAPES[name]
    watched.product.policy = {"version_files": KROW["version_files"], **shape.policy}
    watched.product.save()
    hotfix = replayed(watched, shape)
    kinds = watched.kinds(hotfix.incident)
    assert {kind: kinds.count(kind) for kind in MILESTONES if kinds.count(kind) > 1} == {}


def test_what_one_has_proven_is_open_again_for_one_that_begins_later(watched: Watched) -> None:
    """Neither while nobody has judged the second, nor once nobody can tell of it."""
    first = watched.hotfix()
    watched.story.whole_fix()
    watched.look()
    assert watched.boxes(first.incident)["version_bump"] == "done"
    web = make_product(watched.product.team, name="Krow web", slug="krow-web")
    web.version, web.policy = "1.4.0", {"version_files": [{"path": "package.json", "kind": "npm"}]}
    web.repository = watched.product.repository
    web.save()
    second = start(first.incident, by=watched.ada, product=web)
    assert telling.standing(first.incident)["version_bump"] == "PENDING"
    watched.look()
    assert watched.verdicts(first)["version_bump"] == "PASS"
    assert watched.verdicts(second)["version_bump"] == "UNKNOWN"
    assert watched.boxes(first.incident)["version_bump"] == "open"
