"""Branches and tags of a mirror, and the commits behind them."""

from datetime import UTC, datetime

import pytest

from hotfixes.git import refs
from hotfixes.git.mirror import Mirror
from hotfixes.git.names import BadName
from hotfixes.git.reader import GitReader, Ref, Signature
from hotfixes.git.remote import Remote
from tests.hotfixes.git.building import EPOCH, Repository


def reader(mirror: Mirror, remote: Remote) -> GitReader:
    mirror.update(remote)
    return mirror.cli


def test_a_tag_tells_its_commit_through_any_number_of_tags(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    commit = repository.commit({"VERSION": "1.0.0\n"}, on="main")
    plain = repository.tag("plain", commit)
    annotated = repository.tag("v1.0.0", commit, "Release 1.0.0\n\nWith notes")
    nested = repository.tag("nested", annotated, "A tag of a tag", kind="tag")
    deeper = repository.tag("deeper", nested, "A tag of a tag of a tag", kind="tag")
    tree = repository.tree({"a": "b"})
    repository.tag("of-a-tree", tree)
    of_a_file = repository.tag("of-a-file", repository.blob("x"), "Key", kind="blob")
    ada = Signature("Ada", "ada@example.test", datetime.fromtimestamp(EPOCH + 60, UTC), 120)

    assert reader(mirror, remote).refs().by_name == {
        ref.name: ref
        for ref in (
            Ref("refs/heads/main", commit, commit),
            Ref("refs/tags/plain", plain, commit),
            Ref("refs/tags/v1.0.0", annotated, commit, True, "Release 1.0.0", ada),
            Ref("refs/tags/nested", nested, commit, True, "A tag of a tag", ada),
            Ref("refs/tags/deeper", deeper, commit, True, "A tag of a tag of a tag", ada),
            Ref("refs/tags/of-a-tree", tree, None),
            Ref("refs/tags/of-a-file", of_a_file, None, True, "Key", ada),
        )
    }


def test_one_ref_is_found_by_its_full_name_only(
    repository: Repository, remote: Remote, mirror: Mirror
) -> None:
    commit = repository.commit({"a": "1"}, on="release/1.0")
    read = reader(mirror, remote)

    assert read.ref("refs/heads/release/1.0") == Ref("refs/heads/release/1.0", commit, commit)
    assert read.ref("refs/heads/release") is None
    assert read.ref("refs/tags/release/1.0") is None
    for wrong in ("release/1.0", "HEAD", "refs/heads/*", "refs/heads/", "--all", "refs/pull/1/head"):
        with pytest.raises(BadName):
            read.ref(wrong)


def test_many_long_tags_are_read_in_several_answers(
    repository: Repository, remote: Remote, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repository.commit({"a": "1"}, on="main")
    for n in range(5):
        repository.tag(f"v{n}", commit, f"Release {n}\n\n" + "notes " * 100)
    repository.tag("huge", commit, "Huge\n\n" + "x" * 1_100_000)
    monkeypatch.setattr(refs, "MAX_ANSWER", 1_500)
    found = reader(mirror, remote).refs().by_name

    subjects = {ref.short: ref.subject for ref in found.values() if ref.is_tag}
    assert subjects == {"huge": "", **{f"v{n}": f"Release {n}" for n in range(5)}}
    assert found["refs/tags/huge"].commit == commit
