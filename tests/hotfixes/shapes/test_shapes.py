"""How teams really work: every verdict of every check at every step.

tests/hotfixes/observing/test_replay.py tells a part of them to the running app. docs/shapes.md is the table of them,
printed by `python -m tests.hotfixes.shapes.table`.
"""

from pathlib import Path

import pytest

from tests.hotfixes.checks.stories import Story
from tests.hotfixes.shapes import load
from tests.hotfixes.shapes.shape import Shape
from tests.hotfixes.shapes.table import FILE

SHAPES = load()


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name.replace(" ", "_") for shape in SHAPES])
def test_every_verdict_is_right_at_every_step(shape: Shape, tmp_path: Path) -> None:
    story = begun(shape, tmp_path)
    for step, expected in enumerate(shape.tell(story), start=1):
        wrong = {
            key: f"step {step}: {one.verdict}, not {expected[key]}: {one.summary}"
            for key, one in story.results().items()
            if str(one.verdict) != expected[key]
        }
        assert not wrong


def begun(shape: Shape, folder: Path) -> Story:
    story = Story.begun(folder, shape.files)
    story.policy = shape.rules
    for name, value in shape.facts.items():
        setattr(story, name, value)
    return story


def test_the_table_of_shapes_names_them_all() -> None:
    rows = [line.split(" | ") for line in FILE.read_text().splitlines() if line.startswith("| ")][1:]
    assert [(row[0].removeprefix("| "), row[2]) for row in rows] == [(one.name, one.why) for one in SHAPES]
    assert len({shape.name for shape in SHAPES}) == len(SHAPES) >= 43
