"""Each forge in turn."""

from collections.abc import Iterator

import pytest

from tests.hotfixes.forges.playing import Forge, forge


@pytest.fixture(params=["github", "gitlab", "gitea"])
def each(request: pytest.FixtureRequest) -> Iterator[Forge]:
    with forge(request.param) as found:
        yield found


@pytest.fixture
def github() -> Iterator[Forge]:
    with forge("github") as found:
        yield found


@pytest.fixture
def gitlab() -> Iterator[Forge]:
    with forge("gitlab") as found:
        yield found


@pytest.fixture
def gitea() -> Iterator[Forge]:
    with forge("gitea") as found:
        yield found
