"""A product whose repository is a real one beside the tests, read as the operator allows it: by file."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.hotfixes.watching.watched import Watched


@pytest.fixture
def watched(transactional_db: None, settings: Settings, tmp_path: Path) -> Watched:
    """Krow's process, an open incident, version 0.1.0 on main and tagged; nothing looked at yet."""
    settings.NIGHTDESK_GIT_PROTOCOLS = ("file",)
    settings.NIGHTDESK_DATA = tmp_path / "data"
    return Watched.begun(tmp_path)
