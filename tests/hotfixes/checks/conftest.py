"""A repository that is watched while its story happens."""

from pathlib import Path

import pytest

from tests.hotfixes.checks.stories import Story


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story.begun(tmp_path)
