"""Repositories and servers made to harm: nothing of them is run, nothing outside is read, each ends by a limit."""

import os
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from hotfixes.git.limits import FETCH, LIST, MB, READ
from hotfixes.git.mirror import Mirror
from hotfixes.git.reader import File
from hotfixes.git.remote import Remote
from hotfixes.git.trouble import GitError, Trouble
from tests.hotfixes.git.building import Entry, Repository
from tests.hotfixes.git.conftest import HTTP
from tests.hotfixes.git.expecting import trouble
from tests.hotfixes.git.serving import Handler, Site, endless, silent, talking


def test_names_are_data(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    commit = repository.commit({"a": "1"}, "--output=pwned\n\n$(touch pwned)\n", on="main")
    names = [
        "-upload-pack=touch",
        "--all",
        "$(touch${IFS}pwned)",
        "`touch`;pwned",
        "fix/Ünïcode-🔥-修复",
        "a'b\"c<d>|e&f",
        "HEAD",
        "refs/heads/main",
        commit,
        "x" * 200 + "/" + "y" * 200,
        "%00%n%(objectname)",
        "a\u202eb\u200b",
    ]
    for name in names:
        repository.branch(name, commit)
        repository.tag(name, commit, "$(touch pwned)\x1b[31m")
    mirror.update(remote)
    found = mirror.cli.refs()

    expected = {"refs/heads/main", *(f"refs/{kind}/{name}" for name in names for kind in ("heads", "tags"))}
    assert found.by_name.keys() == expected
    assert {ref.commit for ref in found.by_name.values()} == {commit}
    for name in expected:
        one = mirror.cli.ref(name)
        assert one is not None
        assert one.commit == commit
    assert not list(mirror.folder.parent.parent.rglob("pwned*"))


@pytest.mark.parametrize(
    "claimed",
    [b"refs/heads/a\nb", b"refs/heads/../../../outside", b"refs/heads/a b", b"refs/heads/x.lock", b"../x"],
)
def test_names_that_git_would_not_have_do_not_come_in(
    claimed: bytes, repository: Repository, site: Site, mirror: Mirror
) -> None:
    """No git lets one push a branch like this; a hostile host can still claim to have one."""
    commit = repository.commit({"a": "1"}, on="main")

    def claim(handler: Handler) -> bool:
        if "info/refs" not in handler.path:
            return False
        handler.send_response(200)
        handler.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
        handler.end_headers()
        lines = [b"# service=git-upload-pack\n", b"", commit.encode() + b" " + claimed + b"\0side-band-64k\n"]
        lines += [f"{commit} refs/heads/main\n".encode(), b""]
        handler.wfile.write(b"".join(b"%04x" % (len(line) + 4) + line if line else b"0000" for line in lines))
        return True

    site.instead = claim
    with suppress(GitError):
        mirror.update(Remote(f"{site.url}/product.git", HTTP))
    assert mirror.cli.refs().by_name.keys() <= {"refs/heads/main"}
    written = {path.name for path in mirror.folder.parent.parent.rglob("*")}
    assert not written & {"outside", "x", "b", "a b", "x.lock", "a\nb"}


def test_a_name_that_is_no_unicode_is_counted_and_left_out(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    commit = repository.commit({"a": "1"}, on="main")
    Path(os.fsdecode(os.fsencode(repository.path / "refs/heads") + b"/caf\xe9")).write_text(commit + "\n")
    refs = mirror.update(remote).refs
    assert (list(refs.by_name), refs.unreadable) == (["refs/heads/main"], 1)


def test_hooks_and_settings_of_the_other_side_do_not_run(
    repository: Repository, remote: Remote, mirror: Mirror, tmp_path: Path
) -> None:
    proof = tmp_path / "pwned"
    script = f"#!/bin/sh\ntouch {proof}\n"
    commands = (
        "core.fsmonitor",
        "core.sshCommand",
        "core.alternateRefsCommand",
        "uploadpack.packObjectsHook",
    )
    for folder in (repository.path, mirror.folder):
        (folder / "hooks").mkdir(exist_ok=True)
        for hook in ("post-update", "reference-transaction", "post-checkout", "pre-auto-gc", "post-rewrite"):
            (folder / "hooks" / hook).write_text(script)
            (folder / "hooks" / hook).chmod(0o755)
        with (folder / "config").open("a") as config:
            for command in commands:
                section, key = command.split(".")
                config.write(f'[{section}]\n\t{key} = "touch {proof}"\n')
            config.write(
                '[diff "evil"]\n\ttextconv = touch\n\tcommand = touch\n[remote "x"]\n\tpromisor = true\n'
            )
            config.write(f'\turl = "ext::touch {proof}"\n\tuploadpack = "touch {proof}"\n')
    ids = [
        repository.commit({".gitattributes": "* diff=evil\n", "a": text}, on="main")
        for text in ("1\n", "2\n")
    ]
    mirror.update(remote)
    mirror.cli.diff(*ids)
    mirror.cli.patch_id(*ids)

    assert isinstance(mirror.cli.file(ids[0], "a"), File)
    assert not proof.exists()


def test_replacements_and_grafts_do_not_change_history(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    first = repository.commit({"VERSION": "1\n"}, "First\n", on="main")
    second = repository.commit({"VERSION": "2\n"}, "Second\n", on="main")
    forged = repository.commit({"VERSION": "2\n"}, "Forged\n", parents=[])
    repository.branch("also", forged)
    repository.ref(f"refs/replace/{second}", forged)
    mirror.update(remote)
    # Even where somebody writes them into our own mirror.
    (mirror.folder / f"refs/replace/{second}").parent.mkdir()
    (mirror.folder / f"refs/replace/{second}").write_text(forged + "\n")
    (mirror.folder / "info").mkdir(exist_ok=True)
    (mirror.folder / "info/grafts").write_text(f"{second}\n")

    assert mirror.cli.commit(second).subject == "Second"
    assert mirror.cli.is_ancestor(first, second)
    assert [commit.id for commit in mirror.cli.log(second).commits] == [second, first]


def test_a_sender_that_cuts_its_own_history_by_grafts_is_found_out(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    repository.commit({"VERSION": "1\n"}, on="main")
    second = repository.commit({"VERSION": "2\n"}, on="main")
    (repository.path / "info").mkdir()
    (repository.path / "info/grafts").write_text(f"{second}\n")
    assert trouble(lambda: mirror.update(remote)) == Trouble.CORRUPT
    assert mirror.cli.refs().by_name == {}


def test_what_leads_out_of_a_repository_on_disk_is_refused(
    repository: Repository, remote: Remote, tmp_path: Path
) -> None:
    repository.commit({"a": "1"}, on="main")
    secret = Repository(tmp_path / "secret.git")
    secret.commit({"key": "hidden"}, on="main")
    link = repository.path / "refs/heads/window"
    link.symlink_to(secret.path / "refs/heads/main")
    assert trouble(remote.listing) == Trouble.PROTOCOL
    link.unlink()
    (repository.path / "objects/info/alternates").write_text(f"{secret.path}/objects\n")
    assert trouble(remote.listing) == Trouble.PROTOCOL
    (repository.path / "objects/info/alternates").unlink()
    (repository.path / "packed-refs").symlink_to(secret.path / "packed-refs")
    assert trouble(remote.listing) == Trouble.PROTOCOL
    (repository.path / "packed-refs").unlink()
    work = tmp_path / "srv" / "work"
    work.mkdir()
    (work / ".git").write_text(f"gitdir: {secret.path}\n")
    assert trouble(replace(remote, url=f"file://{work}").listing) == Trouble.PROTOCOL
    assert remote.listing().refs.keys() == {"refs/heads/main"}


def test_objects_that_gits_check_refuses_are_not_taken(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    blob = repository.blob("x")
    evil = repository.write("tree", b"100644 .git\0" + bytes.fromhex(blob))
    repository.commit(Entry("40000", evil), on="main")
    assert trouble(lambda: mirror.update(remote)) == Trouble.CORRUPT
    assert mirror.cli.refs().by_name == {}


def test_an_old_history_can_be_let_in_by_its_own_list(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    blob = repository.blob("x")
    padded = repository.write("tree", b"0100644 a\0" + bytes.fromhex(blob))
    commit = repository.commit(Entry("40000", padded), on="main")
    assert trouble(lambda: mirror.update(remote)) == Trouble.CORRUPT
    relaxed = replace(remote, relaxed=("zeroPaddedFilemode",))
    mirror.update(relaxed)
    assert mirror.cli.commit(commit).id == commit
    with pytest.raises(ValueError, match="not a check of git fsck"):
        replace(remote, relaxed=("x=ignore --exec",)).listing()


def test_a_damaged_repository_is_said_to_be_so(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    repository.commit({"a": "1"}, on="main", parents=["1" * 40])
    assert trouble(lambda: mirror.update(remote)) in (Trouble.CORRUPT, Trouble.REMOTE)
    assert mirror.cli.refs().by_name == {}


def test_a_shallow_copy_proves_nothing_and_is_refused(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    commit = repository.commit({"a": "2"}, on="main", parents=["1" * 40])
    (repository.path / "shallow").write_text(commit + "\n")
    assert trouble(lambda: mirror.update(remote)) == Trouble.SHALLOW
    assert mirror.cli.refs().by_name == {}


def bomb(repository: Repository, *, depth: int = 12, width: int = 12) -> str:
    """A few objects that are 12¹² files when walked."""
    id, mode = repository.blob("boom\n"), "100644"
    for _level in range(depth):
        id = repository.raw_tree([(mode, f"f{n}", id) for n in range(width)])
        mode = "40000"
    return repository.commit(Entry("40000", id), "Boom\n", on="main")


def test_a_tree_bomb_ends_by_a_limit(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    empty = repository.commit({}, on="main")
    commit = bomb(repository)
    mirror.update(remote)
    before = psutil.Process().memory_info().rss
    quick = replace(mirror.cli, limits=replace(READ, wall_s=5, cpu_s=1, memory=64 * MB, output=1 * MB))

    assert quick.commit(commit).subject == "Boom"
    assert trouble(lambda: quick.paths(commit, "**/VERSION")) in (
        Trouble.TOO_BIG,
        Trouble.CPU,
        Trouble.MEMORY,
    )
    assert trouble(lambda: quick.diff(empty, commit)) in (Trouble.TOO_BIG, Trouble.CPU, Trouble.MEMORY)
    assert psutil.Process().memory_info().rss - before < 80 * MB


def test_an_object_that_swells_ends_by_the_limit_of_memory(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    commit = repository.commit({}, "x" * (24 * MB), on="main")
    tight = replace(FETCH, memory=40 * MB)
    ended = trouble(lambda: replace(mirror, fetch_limits=tight).update(remote))
    assert ended in (Trouble.MEMORY, Trouble.REMOTE)
    mirror.update(remote)
    quiet = replace(mirror.cli, limits=replace(READ, output=16 * MB))
    assert trouble(lambda: quiet.commit(commit)) == Trouble.TOO_BIG


def test_a_hundred_thousand_refs_are_listed_and_mirrored(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    commit = repository.commit({"a": "1"})
    repository.many_refs([f"refs/heads/team/{n:06}" for n in range(100_000)], commit)
    assert len(remote.listing().refs) == 100_000
    few = replace(mirror, max_refs=50_000)
    assert trouble(lambda: few.update(remote)) == Trouble.TOO_BIG
    assert mirror.cli.refs().by_name == {}


def test_an_endless_answer_ends_and_our_memory_stays_flat() -> None:
    before = psutil.Process().memory_info().rss
    with talking(endless) as port:
        remote = Remote(f"http://127.0.0.1:{port}/x.git", HTTP)
        tight = replace(LIST, wall_s=6, memory=256 * MB)
        ended = trouble(lambda: remote.listing(tight))
    assert ended in (Trouble.MEMORY, Trouble.TIMEOUT, Trouble.TOO_BIG)
    assert psutil.Process().memory_info().rss - before < 80 * MB


def test_a_host_that_never_answers_ends_and_leaves_no_process() -> None:
    began = time.monotonic()
    with talking(silent) as port:
        remote = Remote(f"http://127.0.0.1:{port}/x.git", HTTP)
        assert trouble(lambda: remote.listing(replace(LIST, wall_s=0.5))) == Trouble.TIMEOUT
    assert time.monotonic() - began < 10
    names = [process.name() for process in psutil.Process().children(recursive=True)]
    assert not any("git" in name for name in names)
