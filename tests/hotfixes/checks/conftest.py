"""A repository that is watched while its story happens, and a forge beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hotfixes.checks.stories import Story
from tests.hotfixes.forges.playing import forge
from tests.hotfixes.forges.scene import Scene


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story.begun(tmp_path)


@pytest.fixture
def scene(story: Story) -> Iterator[Scene]:
    """On GitHub."""
    with forge("github") as found:
        yield Scene(story, found)


@pytest.fixture(params=["github", "gitlab", "gitea"])
def everywhere(story: Story, request: pytest.FixtureRequest) -> Iterator[Scene]:
    with forge(request.param) as found:
        yield Scene(story, found)


@pytest.fixture
def gitea_scene(story: Story) -> Iterator[Scene]:
    with forge("gitea") as found:
        yield Scene(story, found)
