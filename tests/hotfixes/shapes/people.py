"""What people do in these stories, in short words."""

from collections.abc import Mapping

from tests.hotfixes.checks.stories import BEFORE, FIXED, MESSAGE, NOTED, RAISED, Story
from tests.hotfixes.git.building import Content

OTHER: dict[str, Content] = {"lib/cart.dart": "one\nand a half\ntwo\n"}
STEPS: tuple[tuple[dict[str, Content], str], ...] = (
    (FIXED, MESSAGE),
    (RAISED, "chore: version 0.1.1\n"),
    (NOTED, "docs: changelog of 0.1.1\n"),
)
PUBSPEC, CHANGES = "apps/mobile/pubspec.yaml", "CHANGELOG.md"


def head(story: Story, branch: str) -> str:
    return story.repository.tips[f"refs/heads/{branch}"]


def on_main(story: Story, files: Mapping[str, Content], message: str, *more_parents: str) -> str:
    """A commit on top of main, a merge with more parents."""
    return story.repository.commit(files, message, on="main", parents=[head(story, "main"), *more_parents])


def main_goes_on(story: Story) -> str:
    return on_main(story, {**BEFORE, **OTHER}, "feat: cart\n")


def with_other(files: Mapping[str, Content]) -> dict[str, Content]:
    return {**files, **OTHER}


def replaced(files: Mapping[str, Content], **texts: str | bytes) -> dict[str, Content]:
    """`pubspec=` and `changes=` instead of these files' own."""
    paths = {"pubspec": PUBSPEC, "changes": CHANGES}
    return {**files, **{paths[name]: text for name, text in texts.items()}}


def one_commit(story: Story, files: Mapping[str, Content] = NOTED, message: str = MESSAGE) -> str:
    """Fix, version and changelog together."""
    return story.commit(files, message)


def released(story: Story) -> str:
    """Fast-forwarded and tagged."""
    tip = story.fast_forward()
    story.tag(tip)
    return tip
