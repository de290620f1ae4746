"""How teams really work (EVIDENCE.md §2 and as many more): every verdict of every check at every step.

docs/shapes.md is the table of them; `python -m tests.hotfixes.shapes.table` prints it.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from hotfixes.checks import evaluate
from hotfixes.git.recalling import Memory, Recalling
from tests.hotfixes.checks.stories import REPOSITORY, Story
from tests.hotfixes.shapes import load
from tests.hotfixes.shapes.shape import Shape

SHAPES = load()


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name.replace(" ", "_") for shape in SHAPES])
def test_every_verdict_is_right_at_every_step(shape: Shape, tmp_path: Path) -> None:
    story = begun(shape, tmp_path)
    memory = Memory()
    for step, expected in enumerate(shape.tell(story), start=1):
        story.observe()
        context = replace(story.context(), reader=Recalling(story.mirror.cli, "", memory))
        found = {key: str(one.verdict) for key, one in evaluate(context, REPOSITORY).items()}
        told = {
            key: f"step {step}: {verdict}, {evaluate(context, [key])[key].summary}"
            for key, verdict in found.items()
            if verdict != expected[key]
        }
        assert not told, {key: f"{words} — expected {expected[key]}" for key, words in told.items()}


def begun(shape: Shape, folder: Path) -> Story:
    story = Story.begun(folder, shape.files)
    story.policy = shape.rules
    for name, value in shape.facts.items():
        setattr(story, name, value)
    return story
