"""The correct repository and the twelve violating ones against the app's real path: a real server of
git, the worker's look, rows, boxes and the timeline. Every verdict right at every step, none PASS that should not.

Rows K20, K22, K24, K32, K33, K36, K49, K50, K51, K52, K53.
"""

from collections.abc import Iterator

import pytest

from hotfixes.models import Hotfix
from tests.hotfixes.checks.stories import KROW
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.shapes import load
from tests.hotfixes.shapes.evidence import EVIDENCE
from tests.hotfixes.shapes.shape import Shape
from tests.hotfixes.shapes.states import only_git

MILESTONES = ("branch_seen", "fix_pushed", "merged", "tagged")
SHAPES = {shape.name: shape for shape in load()}

# What the timeline says of each, in its order; a merge that is not as agreed is no milestone.
TOLD = {name: list(MILESTONES) for name in EVIDENCE} | {
    "merge commit": ["branch_seen", "fix_pushed", "tagged"],
    "tag not pushed": ["branch_seen", "fix_pushed", "merged"],
}


@pytest.mark.parametrize("name", EVIDENCE, ids=[name.replace(" ", "_") for name in EVIDENCE])
def test_the_app_says_the_same_at_every_step(watched: Watched, name: str) -> None:
    hotfix = replayed(watched, SHAPES[name])
    kinds = watched.kinds(hotfix.incident)
    assert [kind for kind in kinds if kind in MILESTONES] == TOLD[name]
    seen = dict(hotfix.incident.events.filter(kind__in=MILESTONES).values_list("kind", "source"))
    assert set(seen.values()) == {"git"}
    before = (kinds, hotfix.results.count())
    watched.look()
    assert (watched.kinds(hotfix.incident), hotfix.results.count()) == before, (
        "a look at nothing new is silent"
    )


def replayed(watched: Watched, shape: Shape) -> Hotfix:
    """The hotfix after its last step, each step having been right."""
    watched.product.policy = {"version_files": KROW["version_files"], **shape.policy}
    watched.product.save()
    hotfix: Hotfix | None = None
    for step, expected in enumerate(_steps(watched, shape), start=1):
        if hotfix is None:
            hotfix = watched.hotfix()
        else:
            watched.look()
        found = only_git(watched.verdicts(hotfix))
        assert found == only_git(expected), f"step {step}"
        boxes = watched.boxes(hotfix.incident)
        ticked = {key for key in boxes.keys() & found.keys() if boxes[key] == "done"}
        assert ticked == {key for key in boxes.keys() & found.keys() if found[key] == "PASS"}, f"step {step}"
    assert hotfix is not None
    return hotfix


def _steps(watched: Watched, shape: Shape) -> Iterator[dict[str, str]]:
    return shape.tell(watched.story)


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


# One of each kind through the app as well: ways into main, branches rewritten, tags moved, monorepo, other rules.
FURTHER = (
    "squash between two looks",
    "merge queue",
    "forced push that drops the fix",
    "branch made again under the same name",
    "branch goes on after the tag",
)


@pytest.mark.parametrize("name", FURTHER, ids=[name.replace(" ", "_") for name in FURTHER])
def test_further_shapes_are_the_same_in_the_app(watched: Watched, name: str) -> None:
    hotfix = replayed(watched, SHAPES[name])
    kinds = watched.kinds(hotfix.incident)
    assert {kind: kinds.count(kind) for kind in MILESTONES if kinds.count(kind) > 1} == {}
