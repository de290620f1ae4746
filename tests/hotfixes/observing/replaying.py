"""A shape told to the running app: a real server of git, the worker's look, rows and boxes."""

from hotfixes.models import Hotfix
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.shapes import load
from tests.hotfixes.shapes.shape import Shape
from tests.hotfixes.shapes.states import only_git

MILESTONES = ("branch_seen", "fix_pushed", "merged", "tagged")
SHAPES = {shape.name: shape for shape in load()}


def replayed(watched: Watched, shape: Shape, hotfix: Hotfix | None = None) -> Hotfix:
    """The hotfix after its last step, each step having been right; begun at the first, unless it is given."""
    before = dict(watched.story.repository.tips)
    for step, expected in enumerate(shape.tell(watched.story), start=1):
        if hotfix is None:
            hotfix = watched.hotfix()
        elif step > 1 or watched.story.repository.tips != before:
            watched.look()
        found = only_git(watched.verdicts(hotfix))
        assert found == only_git(expected), f"step {step}"
        boxes = watched.boxes(hotfix.incident)
        ticked = {key for key in boxes.keys() & found.keys() if boxes[key] == "done"}
        assert ticked == {key for key in boxes.keys() & found.keys() if found[key] == "PASS"}, f"step {step}"
    assert hotfix is not None
    return hotfix
