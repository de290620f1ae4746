"""Questions to a mirror and their exact answers."""

from datetime import UTC, datetime

import pytest

from hotfixes.git.mirror import Mirror
from hotfixes.git.names import BadName
from hotfixes.git.reader import (
    Absence,
    Change,
    Diff,
    File,
    FileChange,
    GitReader,
    Paths,
    Signature,
)
from hotfixes.git.remote import Remote
from hotfixes.git.trouble import GitError, Trouble
from tests.hotfixes.git.building import EPOCH, Content, Entry, Repository

ABSENT = "0123456789" * 4


def reader(mirror: Mirror, remote: Remote) -> GitReader:
    mirror.update(remote)
    return mirror.cli


def test_a_commit_tells_parents_people_and_message(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    first = repository.commit({"a": "1"}, "First\n", on="main")
    other = repository.commit({"b": "1"}, "Other\n", on="side")
    message = "Fix: sign-in fails\non two lines\n\nCause: a bad cast.\n\nTested: by hand\n"
    merge = repository.commit(
        {"a": "1", "b": "1"}, message, on="main", parents=[first, other], author="Zoë Ü <zoë@example.test>"
    )
    found = reader(mirror, remote).commit(merge)

    zoe = Signature("Zoë Ü", "zoë@example.test", datetime.fromtimestamp(EPOCH + 180, UTC), 120)
    assert (found.parents, found.author, found.committer) == ((first, other), zoe, zoe)
    assert found.subject == "Fix: sign-in fails on two lines"
    assert found.body == "Cause: a bad cast.\n\nTested: by hand"


def test_several_commits_are_read_at_once_and_others_left_out(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    ids = [repository.commit({"n": str(n)}, f"Commit {n}\n", on="main") for n in range(3)]
    tag = repository.tag("v1", ids[0], "Tagged")
    found = reader(mirror, remote).commits([*ids, tag, ABSENT])

    assert {id: commit.subject for id, commit in found.items()} == {
        id: f"Commit {n}" for n, id in enumerate(ids)
    }
    with pytest.raises(GitError) as missing:
        mirror.cli.commit(ABSENT)
    assert missing.value.trouble == Trouble.MISSING


def test_ancestors_and_merge_bases(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    base = repository.commit({"a": "1"}, on="main")
    main = repository.commit({"a": "2"}, on="main")
    fix = repository.commit({"a": "fixed"}, on="hotfix/1", parents=[base])
    alone = repository.commit({"z": "1"}, on="orphan")
    criss = repository.commit({"a": "3"}, on="criss", parents=[main, fix])
    cross = repository.commit({"a": "4"}, on="cross", parents=[fix, main])
    read = reader(mirror, remote)

    assert [
        read.is_ancestor(*pair) for pair in ((base, main), (main, base), (main, main), (alone, main))
    ] == [
        True,
        False,
        True,
        False,
    ]
    assert read.merge_bases(main, fix) == (base,)
    assert read.merge_bases(main, alone) == ()
    assert sorted(read.merge_bases(criss, cross)) == sorted((main, fix))
    with pytest.raises(GitError) as missing:
        read.is_ancestor(ABSENT, main)
    assert missing.value.trouble == Trouble.MISSING


def test_a_log_is_a_range_and_ends(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    ids = [repository.commit({"n": str(n)}, on="main") for n in range(4)]
    side = repository.commit({"s": "1"}, on="side", parents=[ids[0]])
    merge = repository.commit({"n": "m"}, on="main", parents=[ids[3], side])
    read = reader(mirror, remote)

    def log(*args: str, **options: int) -> tuple[list[str], bool]:
        found = read.log(args[0], since=args[1] if len(args) > 1 else "", **options)  # type: ignore[arg-type]
        return [commit.id for commit in found.commits], found.more

    assert log(ids[3]) == (ids[::-1], False)
    assert log(ids[3], ids[1]) == ([ids[3], ids[2]], False)
    assert log(ids[3], ids[1], limit=1) == ([ids[3]], True)
    assert log(ids[1], ids[3]) == ([], False)
    assert log(merge, ids[0], first_parent=True) == ([merge, ids[3], ids[2], ids[1]], False)


def test_a_difference_counts_lines_and_names_what_cannot_be_counted(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    long = "".join(f"line {n}\n" for n in range(50))
    module = Entry("160000", ABSENT)
    old: dict[str, Content] = {
        "a.txt": "1\n2\n3\n",
        "old name.txt": long,
        "logo.png": b"\0\1",
        "gone": "x\n",
        "lib": module,
    }
    new: dict[str, Content] = {
        "a.txt": "1\n2\n4\n5\n",
        "new name.txt": long,
        "logo.png": b"\0\2\3",
        "lib": Entry("160000", "9" * 40),
        "tab\tand\nline": "y\n",
        "gone": repository.link("a.txt"),
    }
    ids = [repository.commit(files, on="main") for files in (old, new)]

    assert reader(mirror, remote).diff(*ids) == Diff(
        (
            FileChange("a.txt", Change.MODIFIED, 2, 1),
            FileChange("gone", Change.RETYPED, 1, 1),
            FileChange("lib", Change.MODIFIED, 1, 1),
            FileChange("logo.png", Change.MODIFIED, None, None),
            FileChange("new name.txt", Change.ADDED, 50, 0),
            FileChange("old name.txt", Change.DELETED, 0, 50),
            FileChange("tab\tand\nline", Change.ADDED, 1, 0),
        )
    )
    assert mirror.cli.diff(ids[0], ids[0]) == Diff(())


def test_a_repository_cannot_hide_lines_by_its_attributes(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    attributes = "* -diff\n*.py diff=evil\n"
    ids = [
        repository.commit({".gitattributes": attributes, "x.py": text}, on="main")
        for text in ("1\n", "2\n3\n")
    ]
    assert reader(mirror, remote).diff(*ids) == Diff((FileChange("x.py", Change.MODIFIED, 2, 1),))


def test_a_patch_is_known_again_after_a_rebase_and_a_squash(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    base = repository.commit({"a": "1\n", "b": "1\n"}, on="main")
    main = repository.commit({"a": "1\n", "b": "1\n", "c": "1\n"}, on="main")
    step = repository.commit({"a": "2\n", "b": "1\n"}, on="fix", parents=[base])
    fix = repository.commit({"a": "2\n", "b": "2\n"}, on="fix", parents=[step])
    squashed = repository.commit({"a": "2\n", "b": "2\n", "c": "1\n"}, on="main")
    read = reader(mirror, remote)

    assert read.patch_id(base, fix) == read.patch_id(main, squashed)
    assert read.patch_id(base, step) != read.patch_id(main, squashed)
    assert read.patch_id(base, base) == ""


def test_a_file_is_read_inside_a_commit_and_nothing_else_is_taken_for_one(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    text = "\ufeffversion: 1.0.0\r\n".encode()
    big = b"x" * (1024 * 1024 + 1)
    files: dict[str, Content] = {
        "pubspec.yaml": text,
        "empty": b"",
        "just fits": big[:-1],
        "big": big,
        "passwd": repository.link("/etc/passwd"),
        "app": {"VERSION": "2\n"},
        "vendor": Entry("160000", ABSENT),
        "run.sh": Entry("100755", repository.blob("#!/bin/sh\n")),
        "-rf": "an option?\n",
        "*": "a star\n",
        "naïve $(id) `id`.txt": "odd\n",
    }
    commit = repository.commit(files, on="main")
    read = reader(mirror, remote)

    def data(path: str) -> bytes | tuple[Absence, int]:
        found = read.file(commit, path)
        return found.data if isinstance(found, File) else (found.why, found.size)

    assert data("pubspec.yaml") == text
    assert data("empty") == b""
    assert data("just fits") == big[:-1]
    assert data("big") == (Absence.TOO_BIG, len(big))
    assert data("passwd") == (Absence.SYMLINK, 0)
    assert data("passwd/x") == (Absence.NOTHING, 0)
    assert data("app") == (Absence.FOLDER, 0)
    assert data("app/VERSION") == b"2\n"
    assert data("vendor") == (Absence.SUBMODULE, 0)
    assert data("nowhere") == (Absence.NOTHING, 0)
    assert [data(path) for path in ("-rf", "*", "naïve $(id) `id`.txt")] == [
        b"an option?\n",
        b"a star\n",
        b"odd\n",
    ]
    script = read.file(commit, "run.sh")
    assert isinstance(script, File)
    assert script.executable
    for wrong in ("../etc/passwd", "/etc/passwd", "app/", "app//VERSION", ".", "", "a\0b"):
        with pytest.raises(BadName):
            read.file(commit, wrong)


def test_paths_are_found_by_pattern(repository: Repository, remote: Remote, mirror: Mirror) -> None:
    names = (
        "a.py",
        "app/migrations/1.py",
        "app/migrations/deep/2.py",
        "app/x.txt",
        "b/migrations/3.py",
        "é.py",
    )
    link = repository.link("a.py")
    commit = repository.commit({**dict.fromkeys(names, "x\n"), "link.py": link}, on="main")
    read = reader(mirror, remote)

    assert read.paths(commit, "**/migrations/*.py") == Paths(
        ("app/migrations/1.py", "b/migrations/3.py"), False
    )
    assert read.paths(commit, "*.py") == Paths(("a.py", "é.py"), False)
    assert read.paths(commit, "app/**/*.py") == Paths(
        ("app/migrations/1.py", "app/migrations/deep/2.py"), False
    )
    assert read.paths(commit, "app/**", limit=2) == Paths(
        ("app/migrations/1.py", "app/migrations/deep/2.py"), True
    )
    assert read.paths(commit, "nowhere/**") == Paths((), False)


def test_only_full_ids_are_asked_for(mirror: Mirror) -> None:
    for wrong in ("HEAD", "main", "abc123", "A" * 40, "--all", "0" * 41, "0" * 40 + "\n", ""):
        with pytest.raises(BadName):
            mirror.cli.commit(wrong)
        with pytest.raises(BadName):
            mirror.cli.diff(wrong, ABSENT)
        with pytest.raises(BadName):
            mirror.cli.log(wrong)
    assert mirror.cli.refs().by_name == {}
