"""One first start for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.setup.running import Stopped, Up, stopped_after, up


@pytest.fixture(scope="package")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder; `site` fills it at its first start."""
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture(scope="package")
def interrupted(data: Path) -> list[Stopped]:
    """Two first starts that were stopped half-way, before the one that `site` is."""
    return [stopped_after(seconds, data) for seconds in (0.7, 1.4)]


@pytest.fixture(scope="package")
def site(data: Path, interrupted: list[Stopped]) -> Iterator[tuple[Up, str]]:
    """A running Nightdesk and its address. Tests leave it as they found it."""
    with up(data) as found:
        yield found
