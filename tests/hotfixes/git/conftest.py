"""A repository to read, a place for mirrors, and the access that lets tests reach both."""

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from hotfixes.git.address import Access
from hotfixes.git.mirror import Mirror, opened
from hotfixes.git.remote import Remote
from network.egress import Policy
from tests.hotfixes.git.building import Repository
from tests.hotfixes.git.serving import Site, served

LOOPBACK = Policy(frozenset({ip_network("127.0.0.0/8")}), "NIGHTDESK_GIT_NETWORKS")
FILES = Access(Policy(), ("file",))
HTTP = Access(LOOPBACK, ("http",))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "srv" / "product.git")


@pytest.fixture
def remote(repository: Repository) -> Remote:
    return Remote(repository.url, FILES)


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return opened(tmp_path / "mirrors" / "1")


@pytest.fixture
def site(repository: Repository) -> Iterator[Site]:
    with served(repository.path.parent) as site:
        yield site
