"""Which addresses are taken, which hosts may be reached, and that git connects to exactly what was judged."""

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from hotfixes.git.address import Access, destination
from hotfixes.git.remote import Remote
from hotfixes.git.trouble import GitError, Trouble
from network.egress import Policy
from network.names import Names
from tests.hotfixes.git.building import Repository
from tests.hotfixes.git.conftest import FILES, HTTP, LOOPBACK
from tests.hotfixes.git.expecting import trouble
from tests.hotfixes.git.serving import Site


def test_the_judged_address_is_the_one_that_is_connected(repository: Repository, site: Site) -> None:
    commit = repository.commit({"a": "1"}, on="main")
    asked: list[str] = []

    def resolve(name: str) -> list[str]:
        asked.append(name)
        return ["10.9.8.7", "127.0.0.1"]

    access = replace(HTTP, names=Names(resolve))
    remote = Remote(f"http://Git.Example.Test:{site.port}/product.git", access)
    # No resolver but ours knows the name: git could not have found it, and it went to the allowed address only.
    assert remote.listing().refs == {"refs/heads/main": commit}
    assert asked == ["git.example.test"]
    settings = destination(remote.url, access).settings
    assert settings == (("http.curloptResolve", f"git.example.test:{site.port}:127.0.0.1"),)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "http://[::ffff:127.0.0.1]/x",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/x",
        "http://inside.example.test/x",
    ],
)
def test_private_addresses_are_refused_before_anything_is_sent(url: str) -> None:
    access = Access(Policy(), ("http",), names=Names(lambda name: ["192.168.1.5", "10.0.0.1"]))
    assert trouble(Remote(url, access).listing) == Trouble.ADDRESS


def test_a_listed_private_network_is_open(repository: Repository, site: Site) -> None:
    refused = Access(Policy(frozenset(), "NIGHTDESK_GIT_NETWORKS"), ("http",))
    with pytest.raises(GitError) as error:
        Remote(f"{site.url}/product.git", refused).listing()
    assert "set NIGHTDESK_GIT_NETWORKS=127.0.0.0/8 and restart" in error.value.detail
    opened = replace(refused, policy=Policy(frozenset({ip_network("127.0.0.0/8")})))
    assert Remote(f"{site.url}/product.git", opened).listing().refs == {}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ext::sh -c touch% /tmp/pwned", Trouble.BAD_URL),
        ("ext::https://x/y", Trouble.BAD_URL),
        ("fd::3", Trouble.BAD_URL),
        ("ext://x", Trouble.PROTOCOL),
        ("ssh://git@example.test/x", Trouble.PROTOCOL),
        ("git://example.test/x", Trouble.PROTOCOL),
        ("ftp://example.test/x", Trouble.PROTOCOL),
        ("git@example.test:x/y.git", Trouble.BAD_URL),
        ("--upload-pack=touch /tmp/pwned", Trouble.BAD_URL),
        ("-oProxyCommand=x", Trouble.BAD_URL),
        ("/srv/git/x", Trouble.BAD_URL),
        ("http://user:secret@example.test/x", Trouble.BAD_URL),
        ("http://example.test/x?service=y", Trouble.BAD_URL),
        ("http://exa mple.test/x", Trouble.BAD_URL),
        ("http://example.test/x\nHost: evil", Trouble.BAD_URL),
        ("http://0x7f.1/x", Trouble.BAD_URL),
        ("http://2130706433/x", Trouble.BAD_URL),
        ("http://0177.0.0.1/x", Trouble.BAD_URL),
        ("http://localhost./x", Trouble.BAD_URL),
        ("http:///x", Trouble.BAD_URL),
        ("file://host/x", Trouble.BAD_URL),
        ("file:///x\n", Trouble.BAD_URL),
        ("file:///x?y", Trouble.BAD_URL),
        ("file:///%00", Trouble.BAD_URL),
        ("", Trouble.BAD_URL),
    ],
)
def test_addresses_that_are_none(url: str, expected: Trouble) -> None:
    access = Access(LOOPBACK, ("http", "file"), names=Names(lambda name: ["127.0.0.1"]))
    assert trouble(lambda: destination(url, access)) == expected


def test_only_listed_protocols_are_spoken(repository: Repository, site: Site) -> None:
    assert trouble(Remote(f"{site.url}/product.git", Access(LOOPBACK)).listing) == Trouble.PROTOCOL
    assert trouble(Remote(repository.url, Access(LOOPBACK)).listing) == Trouble.PROTOCOL
    assert trouble(Remote(repository.url, HTTP).listing) == Trouble.PROTOCOL
    assert Remote(repository.url, FILES).listing().refs == {}


def test_files_lie_below_the_allowed_folders(repository: Repository, tmp_path: Path) -> None:
    access = replace(FILES, file_roots=(tmp_path / "srv",))
    assert Remote(repository.url, access).listing().refs == {}
    outside = Repository(tmp_path / "elsewhere.git")
    (tmp_path / "srv" / "link.git").symlink_to(outside.path)
    for url in (outside.url, f"file://{tmp_path}/srv/link.git", f"file://{tmp_path}/srv/../elsewhere.git"):
        assert trouble(Remote(url, access).listing) == Trouble.PROTOCOL
    assert trouble(Remote(f"file://{tmp_path}/srv", access).listing) == Trouble.NOT_A_REPOSITORY
    assert trouble(Remote(f"file://{tmp_path}/srv/none", access).listing) == Trouble.NOT_A_REPOSITORY
