"""The usual way: https, a name, a token; the name pinned to the judged address and the certificate still checked."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hotfixes.git.address import Access
from hotfixes.git.mirror import Mirror
from hotfixes.git.remote import Credential, Remote
from hotfixes.git.trouble import Trouble
from network import authorities
from network.names import Names
from tests.certificates import self_signed
from tests.hotfixes.git.building import Repository
from tests.hotfixes.git.conftest import LOOPBACK
from tests.hotfixes.git.expecting import trouble
from tests.hotfixes.git.serving import TOKEN, Site

HERE = Access(LOOPBACK, names=Names(lambda name: ["127.0.0.1"]))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(tmp_path, "DNS:git.example.test")


@pytest.fixture
def secure(site: Site, certificate: Path) -> Site:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    site.token = TOKEN
    return site


@pytest.fixture
def trusting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    authorities.bundle.cache_clear()
    yield
    authorities.bundle.cache_clear()


def test_a_repository_is_mirrored_over_https(
    repository: Repository, secure: Site, trusting: None, mirror: Mirror
) -> None:
    commit = repository.commit({"a": "1"}, on="main")
    remote = Remote(f"https://git.example.test:{secure.port}/product.git", HERE, Credential(TOKEN))
    mirror.update(remote)
    assert mirror.cli.commit(commit).id == commit
    assert remote.default_branch() == "refs/heads/main"
    assert trouble(replace(remote, credential=Credential("wrong")).listing) == Trouble.CREDENTIALS


def test_another_hosts_certificate_is_refused_before_the_token_is_sent(
    repository: Repository, secure: Site, trusting: None
) -> None:
    remote = Remote(f"https://other.example.test:{secure.port}/product.git", HERE, Credential(TOKEN))
    assert trouble(remote.listing) == Trouble.TLS
    assert secure.seen == []


def test_a_certificate_that_nobody_trusts_is_refused(repository: Repository, secure: Site) -> None:
    remote = Remote(f"https://git.example.test:{secure.port}/product.git", HERE, Credential(TOKEN))
    assert trouble(remote.listing) == Trouble.TLS
    assert secure.seen == []
