"""The other side over real HTTP: what it has, what it refuses, where we may go, and that no token leaks."""

import base64
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hotfixes.git.address import Access
from hotfixes.git.limits import LIST
from hotfixes.git.mirror import Mirror
from hotfixes.git.remote import Credential, Remote
from hotfixes.git.trouble import SENTENCES, GitError, Trouble
from network.names import Names
from tests.hotfixes.git.building import Repository
from tests.hotfixes.git.conftest import HTTP, LOOPBACK
from tests.hotfixes.git.expecting import trouble
from tests.hotfixes.git.serving import TOKEN, Handler, Site, served_as_files


def answering(status: int, *headers: tuple[str, str], body: bytes = b"") -> Callable[[Handler], bool]:
    def instead(handler: Handler) -> bool:
        handler.send_response(status)
        for key, value in headers:
            handler.send_header(key, value)
        handler.end_headers()
        handler.wfile.write(body)
        return True

    return instead


def test_a_listing_over_http_tells_heads_tags_and_the_commits_behind_them(
    repository: Repository, site: Site
) -> None:
    commit = repository.commit({"a": "1"}, on="main")
    tag = repository.tag("v1", commit, "One")
    repository.ref("refs/pull/7/head", commit)
    remote = Remote(f"{site.url}/product.git", HTTP)

    found = remote.listing()
    assert found.refs == {"refs/heads/main": commit, "refs/tags/v1": tag}
    assert found.peeled == {"refs/tags/v1": commit}
    assert remote.default_branch() == "refs/heads/main"


def test_a_mirror_over_http_asks_with_the_token_and_keeps_it_nowhere(
    repository: Repository, site: Site, mirror: Mirror
) -> None:
    commit = repository.commit({"a": "1"}, on="main")
    site.token = TOKEN
    remote = Remote(f"{site.url}/product.git", HTTP, Credential(TOKEN))
    pair = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()

    command_lines: list[str] = []

    def look(_now: object) -> None:
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                try:
                    command_lines.append((folder / "cmdline").read_text(errors="replace"))
                except OSError:
                    continue

    mirror.update(remote, tell=look)
    assert mirror.cli.commit(commit).id == commit
    assert {sent for _path, sent in site.seen} == {f"Basic {pair}"}
    spoken = "\n".join(command_lines)
    kept = b"".join(path.read_bytes() for path in mirror.folder.rglob("*") if path.is_file())
    for secret in (TOKEN, pair):
        assert secret not in spoken
        assert secret.encode() not in kept
        assert secret not in repr(remote)


def test_wrong_missing_and_unneeded_tokens(repository: Repository, site: Site) -> None:
    repository.commit({"a": "1"}, on="main")
    remote = Remote(f"{site.url}/product.git", HTTP)
    assert replace(remote, credential=Credential("not needed")).listing().refs.keys() == {"refs/heads/main"}

    site.token = TOKEN
    assert trouble(remote.listing) == Trouble.CREDENTIALS
    assert trouble(replace(remote, credential=Credential("wrong")).listing) == Trouble.CREDENTIALS
    site.instead = answering(403)
    assert trouble(replace(remote, credential=Credential(TOKEN)).listing) == Trouble.CREDENTIALS


def test_no_message_gives_the_token_away(repository: Repository, site: Site) -> None:
    credential = Credential(TOKEN)
    parrot = "|".join(("ERR", *credential.forms)).encode()
    body = b"001e# service=git-upload-pack\n0000%04x" % (len(parrot) + 4) + parrot
    kind = ("Content-Type", "application/x-git-upload-pack-advertisement")
    site.instead = answering(200, kind, body=body.replace(b"ERR|", b"ERR "))
    with pytest.raises(GitError) as refused:
        Remote(f"{site.url}/product.git", HTTP, credential).listing()

    assert "[secret]" in refused.value.detail
    shown = f"{refused.value}{refused.value!r}{refused.value.detail}"
    assert not any(form in shown for form in credential.forms)


def test_a_redirect_is_said_and_never_followed(repository: Repository, site: Site) -> None:
    repository.commit({"a": "1"}, on="main")
    elsewhere = f"{site.url}/product.git/info/refs?service=git-upload-pack"
    for status in (301, 302, 307, 308):
        site.instead = lambda handler, status=status: (
            "old" in handler.path and answering(status, ("Location", elsewhere))(handler)
        )
        site.seen.clear()
        assert trouble(Remote(f"{site.url}/old.git", HTTP, Credential(TOKEN)).listing) == Trouble.REDIRECTED
        assert [path.split("/")[1] for path, _sent in site.seen] == ["old.git"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, Trouble.NOT_A_REPOSITORY),
        (410, Trouble.NOT_A_REPOSITORY),
        (429, Trouble.REMOTE),
        (502, Trouble.REMOTE),
    ],
)
def test_answers_that_are_no_repository(
    status: int, expected: Trouble, repository: Repository, site: Site
) -> None:
    site.instead = answering(status)
    assert trouble(Remote(f"{site.url}/product.git", HTTP).listing) == expected


def test_a_page_instead_of_a_repository(repository: Repository, site: Site) -> None:
    site.instead = answering(200, ("Content-Type", "text/html"), body=b"<h1>Welcome</h1>")
    assert trouble(Remote(f"{site.url}/product.git", HTTP).listing) == Trouble.NOT_A_REPOSITORY
    site.instead = answering(
        200, ("Content-Type", "application/x-git-upload-pack-advertisement"), body=b"zzzzz"
    )
    assert trouble(Remote(f"{site.url}/product.git", HTTP).listing) == Trouble.REMOTE


def test_hosts_that_do_not_answer(repository: Repository, site: Site) -> None:
    assert trouble(Remote("http://127.0.0.1:1/x.git", HTTP).listing) == Trouble.UNREACHABLE
    known = Names(lambda name: [])
    assert (
        trouble(Remote("http://nobody.example.test/x.git", replace(HTTP, names=known)).listing)
        == Trouble.NAME
    )
    tls = Access(LOOPBACK, ("https",))
    assert trouble(Remote(f"https://127.0.0.1:{site.port}/x.git", tls).listing) == Trouble.TLS


def test_the_repositorys_name_does_not_choose_the_diagnosis(repository: Repository, site: Site) -> None:
    site.instead = answering(502)
    for name in ("certificate-expired.git", "out-of-memory.git", "could-not-resolve-host", "inflate"):
        assert trouble(Remote(f"{site.url}/{name}", HTTP).listing) == Trouble.REMOTE


def test_plain_files_over_http_are_refused(repository: Repository, mirror: Mirror) -> None:
    """Git would take them, and its fsck would not be asked."""
    commit = repository.commit({"a": "1"}, on="main")
    (repository.path / "info").mkdir()
    (repository.path / "info/refs").write_text(f"{commit}\trefs/heads/main\n")
    with served_as_files(repository.path.parent) as site:
        remote = Remote(f"{site.url}/product.git", HTTP)
        assert trouble(remote.listing) == Trouble.NOT_A_REPOSITORY
        assert trouble(lambda: mirror.update(remote)) == Trouble.NOT_A_REPOSITORY


def test_a_sign_in_page_does_not_delete_branches(repository: Repository, site: Site, mirror: Mirror) -> None:
    commit = repository.commit({"a": "1"}, on="main")
    remote = Remote(f"{site.url}/product.git", HTTP)
    mirror.update(remote)
    for body in (b"", b"<h1>Sign in</h1>", b"<h1>Sign in</h1>\n", f"{commit}\trefs/heads/other\n".encode()):
        for headers in ((), (("Content-Type", "text/html"),)):
            site.instead = answering(200, *headers, body=body)
            assert trouble(lambda: mirror.update(remote)) == Trouble.NOT_A_REPOSITORY
    assert mirror.cli.refs().by_name.keys() == {"refs/heads/main"}


def test_this_machines_and_a_persons_configuration_count_nothing(
    repository: Repository, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"a": "1"}, on="main")
    (tmp_path / ".gitconfig").write_text(f'[url "http://127.0.0.1:1/"]\n\tinsteadOf = {site.url}/\n')
    for name, value in {
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": str(tmp_path / ".gitconfig"),
        "GIT_DIR": "/nonexistent",
        "http_proxy": "http://127.0.0.1:1",
        "all_proxy": "http://127.0.0.1:1",
        "GIT_TRACE": str(tmp_path / "trace"),
        "GIT_EXTERNAL_DIFF": "false",
    }.items():
        monkeypatch.setenv(name, value)
    assert Remote(f"{site.url}/product.git", HTTP).listing().refs.keys() == {"refs/heads/main"}
    assert not (tmp_path / "trace").exists()


def test_every_trouble_has_one_sentence_and_says_whether_to_try_again() -> None:
    assert SENTENCES.keys() == set(Trouble)
    for code in Trouble:
        error = GitError(code)
        assert str(error).endswith(".")
        assert isinstance(error.again, bool)
    assert not GitError(Trouble.CREDENTIALS).again
    assert GitError(Trouble.UNREACHABLE).again
    assert json.dumps(Trouble.TIMEOUT) == '"timeout"'
    assert GitError(Trouble.REMOTE, "a\x1b[31m\nb" + "x" * 999).detail.startswith("a [31m bxxx")
    assert LIST.wall_s <= 30
