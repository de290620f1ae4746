"""A mirror follows the other side, says what changed, keeps to its quota and touches only folders of its own."""

import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from hotfixes.git import disk
from hotfixes.git.limits import FETCH, MB
from hotfixes.git.mirror import MARK, Mirror, Update, opened, thrown_away
from hotfixes.git.movements import MAX_LOOKS, Kind, movements
from hotfixes.git.progress import Phase, Progress
from hotfixes.git.reader import Ref
from hotfixes.git.remote import Remote
from hotfixes.git.trouble import GitError, Trouble
from tests.hotfixes.git.building import Repository
from tests.hotfixes.git.conftest import HTTP
from tests.hotfixes.git.serving import Handler, Site


def seen(update: Update) -> list[tuple[str, Kind, str | None, str | None]]:
    def id(ref: Ref | None) -> str | None:
        return ref.id if ref else None

    return [(m.name, m.kind, id(m.before), id(m.after)) for m in update.movements]


def test_every_change_of_a_ref_is_said_with_before_and_after(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    one = repository.commit({"a": "1"}, on="main")
    repository.branch("gone", one)
    repository.branch("rewritten", one)
    tag = repository.tag("v1", one, "One")
    assert seen(mirror.update(remote)) == [
        ("refs/heads/gone", Kind.CREATED, None, one),
        ("refs/heads/main", Kind.CREATED, None, one),
        ("refs/heads/rewritten", Kind.CREATED, None, one),
        ("refs/tags/v1", Kind.CREATED, None, tag),
    ]

    two = repository.commit({"a": "2"}, on="main")
    other = repository.commit({"a": "3"}, on="rewritten", parents=[])
    repository.delete("refs/heads/gone")
    moved = repository.tag("v1", two, "One again")
    # A folder where a branch was: git must forget `gone` before it can have `gone/deeper`.
    repository.branch("gone/deeper", two)
    assert seen(mirror.update(remote)) == [
        ("refs/heads/gone", Kind.DELETED, one, None),
        ("refs/heads/gone/deeper", Kind.CREATED, None, two),
        ("refs/heads/main", Kind.MOVED, one, two),
        ("refs/heads/rewritten", Kind.FORCED, one, other),
        ("refs/tags/v1", Kind.FORCED, tag, moved),
    ]
    assert seen(mirror.update(remote)) == []


def test_heads_and_tags_are_mirrored_and_nothing_else(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    main = repository.commit({"a": "1"}, on="main")
    hidden = repository.commit({"a": "secret"}, parents=[])
    for name in ("refs/pull/1/head", "refs/replace/" + main, "refs/notes/commits", "refs/stash"):
        repository.ref(name, hidden)

    assert list(mirror.update(remote).refs.by_name) == ["refs/heads/main"]
    assert mirror.cli.commits([main, hidden]).keys() == {main}


def test_what_was_fetched_once_stays(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    old = repository.commit({"a": "1"}, "The one that was approved\n", on="hotfix/1")
    mirror = replace(mirror, max_packs=2)  # then they are put together
    mirror.update(remote)
    mirror.keep(old)
    unnamed = [repository.commit({"a": str(n)}, on="hotfix/1", parents=[]) for n in range(1)]
    for n in range(4):
        mirror.update(remote)
        unnamed.append(repository.commit({"a": f"{n} again"}, on="hotfix/1", parents=[]))

    assert mirror.cli.commit(old).subject == "The one that was approved"
    assert mirror.cli.commits(unnamed[:-1]).keys() == set(unnamed[:-1])
    assert len(list((mirror.folder / "objects/pack").glob("*.pack"))) <= 3


def test_the_commit_graph_is_written_after_a_fetch(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    repository.commit({"a": "1"}, on="main")
    assert mirror.update(remote).graph
    assert (mirror.folder / "objects/info/commit-graphs/commit-graph-chain").exists()


def test_a_fetch_writes_one_pack_so_that_the_limit_of_a_file_is_that_of_a_fetch(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    repository.commit({"a": "1", "b": "2"}, on="main")
    mirror.update(remote)
    assert sorted(path.name for path in (mirror.folder / "objects").iterdir()) == ["info", "pack"]
    assert len(list((mirror.folder / "objects/pack").glob("*.pack"))) == 1


def test_an_empty_repository_is_a_repository(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    assert seen(mirror.update(remote)) == []
    assert remote.listing().refs == {}


def test_a_repository_with_long_ids_is_read(tmp_path: Path, remote: Remote) -> None:
    work = tmp_path / "srv" / "long"
    git = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.test", "-C", str(work))
    subprocess.run(["git", "init", "-q", "-b", "main", "--object-format=sha256", str(work)], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "First"], check=True)
    long = replace(remote, url=f"file://{work}")
    id = long.listing().refs["refs/heads/main"]
    mirror = opened(tmp_path / "mirrors" / "long", bits=len(id) * 4)

    mirror.update(long)
    assert (len(id), mirror.cli.commit(id).subject) == (64, "First")


def test_a_pack_beyond_the_quota_ends_and_leaves_nothing(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    repository.commit({"a": "small"}, on="main")
    mirror.update(remote)
    before = disk.size(mirror.folder)
    repository.commit({"noise": os.urandom(3 * MB)}, on="main")

    with pytest.raises(GitError) as ended:
        replace(mirror, quota=before + 1 * MB).update(remote)
    assert ended.value.trouble == Trouble.TOO_BIG
    assert disk.size(mirror.folder) <= before + 4096
    assert [seen(mirror.update(remote))[0][:2]] == [("refs/heads/main", Kind.MOVED)]


def test_a_full_quota_stops_before_anything_is_asked(remote: Remote, mirror: Mirror) -> None:
    with pytest.raises(GitError) as ended:
        replace(mirror, quota=1).update(replace(remote, url="https://nowhere.example.test/x"))
    assert ended.value.trouble == Trouble.TOO_BIG


def test_half_packs_and_locks_of_an_ended_run_do_not_stop_the_next(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    repository.commit({"a": "1"}, on="main")
    left = ("objects/pack/tmp_pack_x1", "packed-refs.lock", "refs/heads/main.lock", "objects/info/tmp_graph")
    for name in left:
        (mirror.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (mirror.folder / name).write_bytes(b"half")
    incoming = mirror.folder / "objects/incoming-x1"
    incoming.mkdir()

    mirror.update(remote)
    assert not incoming.exists()
    assert not any((mirror.folder / name).exists() for name in left)
    assert mirror.cli.ref("refs/heads/main") is not None


def test_two_at_once_are_refused(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    repository.commit({"a": "1"}, on="main")
    with disk.held(mirror.folder), pytest.raises(GitError) as busy:
        mirror.update(remote)
    assert (busy.value.trouble, busy.value.again) == (Trouble.BUSY, True)
    mirror.update(remote)


def test_a_first_mirror_tells_how_far_it_is(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    for n in range(200):
        repository.commit({f"file {n}": f"{n}\n" * 50}, on="main")
    told: list[Progress] = []
    mirror.update(remote, tell=lambda now: told.extend([now] if now else []))

    percents = [progress.percent for progress in told]
    assert percents == sorted(set(percents))
    assert {progress.phase for progress in told} >= {Phase.PREPARING, Phase.RECEIVING}
    assert 10 < percents[-1] <= 99


def test_raising_while_told_ends_the_fetch(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    repository.commit({"a": "1"}, on="main")

    class LeaseLost(Exception): ...

    def stop(now: Progress | None) -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        mirror.update(remote, tell=stop)
    assert seen(mirror.update(remote))[0][1] == Kind.CREATED


def test_a_folder_that_is_not_ours_is_left_alone(repository: Repository, tmp_path: Path) -> None:
    link = tmp_path / "link"
    ours = opened(tmp_path / "ours").folder
    link.symlink_to(ours)
    empty = tmp_path / "empty"
    empty.mkdir()
    borrowing = opened(tmp_path / "borrowing").folder
    (borrowing / "objects/info/alternates").write_text(f"{repository.path}/objects\n")
    newer = opened(tmp_path / "newer").folder
    (newer / MARK).write_text(json.dumps({"format": 99}))

    for folder in (repository.path, link, empty, borrowing, newer):
        for use in (opened, thrown_away):
            with pytest.raises(GitError) as refused:
                use(folder)
            assert refused.value.trouble == Trouble.FOREIGN
        assert folder.exists()
    thrown_away(ours)
    assert not ours.exists()
    thrown_away(ours)


def test_a_mirror_is_made_private_without_hooks_and_with_a_head_that_leads_nowhere(mirror: Mirror) -> None:
    assert mirror.folder.stat().st_mode & 0o777 == 0o700
    assert not (mirror.folder / "hooks").exists()
    assert (mirror.folder / "HEAD").read_text() == "ref: refs/nightdesk/nowhere\n"
    assert [path.name for path in mirror.folder.parent.iterdir()] == [mirror.folder.name]


def test_a_fetch_that_takes_too_long_ends(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    repository.commit({"a": "1"}, on="main")
    with pytest.raises(GitError) as ended:
        replace(mirror, fetch_limits=replace(FETCH, wall_s=0.001)).update(remote)
    assert ended.value.trouble == Trouble.TIMEOUT


def test_so_many_moves_at_once_that_nobody_looks_are_said_to_be_so() -> None:
    def branches(commit: str) -> dict[str, Ref]:
        names = [f"refs/heads/{n:03}" for n in range(MAX_LOOKS + 1)]
        return {name: Ref(name, commit * 40, commit * 40) for name in names}

    found = movements(branches("1"), branches("2"), lambda _old, _new: True)
    assert [movement.kind for movement in found] == [Kind.MOVED] * MAX_LOOKS + [Kind.UNTOLD]


def test_a_pair_that_reaches_a_limit_is_untold() -> None:
    before, after = ({"refs/heads/a": Ref("refs/heads/a", id * 40, id * 40)} for id in "12")
    assert [m.kind for m in movements(before, after, lambda _old, _new: None)] == [Kind.UNTOLD]


def test_a_worker_killed_in_the_middle_of_a_fetch_leaves_no_git_and_no_lock(
    repository: Repository, site: Site, mirror: Mirror
) -> None:
    repository.commit({"a": "1"}, on="main")
    stuck = threading.Event()

    def stall(handler: Handler) -> bool:
        if handler.command == "POST" and b"command=fetch" in handler.body:
            stuck.set()
            threading.Event().wait(30)
            return True
        return False

    site.instead = stall
    worker = f"""
        import django
        django.setup()
        from pathlib import Path
        from hotfixes.git.mirror import opened
        from hotfixes.git.remote import Remote
        from tests.hotfixes.git.conftest import HTTP
        opened(Path({str(mirror.folder)!r})).update(Remote("{site.url}/product.git", HTTP))
        """
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(worker)], env=environment) as process:
        assert stuck.wait(30)
        process.kill()
    until = time.monotonic() + 10
    while _at_work(mirror.folder) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _at_work(mirror.folder)
    site.instead = None
    update = mirror.update(Remote(f"{site.url}/product.git", HTTP))
    assert [movement.kind for movement in update.movements] == [Kind.CREATED]


def _at_work(folder: Path) -> bool:
    """Whether a git runs on this mirror."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if str(folder) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                return True
    return False
