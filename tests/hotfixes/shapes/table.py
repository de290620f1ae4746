"""docs/shapes.md: what each shape is, why its verdicts are right, and which of them are not plain PASS at the end.

Run `python -m tests.hotfixes.shapes.table` to write it anew after a shape came or changed.
"""

import tempfile
from pathlib import Path

from tests.hotfixes.checks.stories import Story
from tests.hotfixes.shapes import MODULES, load
from tests.hotfixes.shapes.shape import Shape
from tests.hotfixes.shapes.states import GIT

FILE = Path(__file__).parents[3] / "docs" / "shapes.md"
HEAD = """# Shapes of real repositories

How teams really work, each replayed commit by commit with every verdict held at every step
(`tests/hotfixes/shapes/`). The last column lists where the checks of git end, but for PASS, STATED and N/A.

"""


def table() -> str:
    rows = [_row(shape) for shape in load()]
    lines = ["| shape | steps | why | at the end |", "|---|---|---|---|", *rows]
    return HEAD + f"{len(rows)} shapes, by subject: {', '.join(MODULES)}.\n\n" + "\n".join(lines) + "\n"


def _row(shape: Shape) -> str:
    with tempfile.TemporaryDirectory() as folder:
        story = Story.begun(Path(folder), shape.files)
        for name, value in shape.facts.items():
            setattr(story, name, value)
        seen = list(shape.tell(story))
    end = {key: verdict for key, verdict in seen[-1].items() if key in GIT}
    left = [f"{key} {verdict}" for key, verdict in end.items() if verdict not in ("PASS", "STATED", "N/A")]
    waiting = sorted(key for key, verdict in end.items() if verdict == "PENDING")
    shown = [words for words in left if not words.endswith("PENDING")]
    shown += [f"PENDING: {len(waiting)}"] if waiting else []
    return f"| {shape.name} | {len(seen)} | {shape.why} | {', '.join(shown) or 'all PASS'} |".replace(
        "\n", " "
    )


if __name__ == "__main__":
    FILE.write_text(table())
