"""Branches and tags of a mirror: one listing, one more run for the annotated tags."""

from collections.abc import Iterator
from dataclasses import replace

from hotfixes.git import batch, names, parsing
from hotfixes.git.failures import Run
from hotfixes.git.limits import MB
from hotfixes.git.reader import Ref, Refs, Signature
from hotfixes.git.trouble import GitError, Trouble

# A ref's name can hold neither NUL nor line feed, and no other field holds text of people.
_FORMAT = "%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)%00%(*objecttype)%00"
MAX_TAG = 1 * MB
MAX_ANSWER = 16 * MB
# What tag objects say, by their ids, between listings: an id never comes to say anything else.
_WORDS: dict[str, tuple[str, Signature | None]] = {}
MAX_WORDS = 20_000


def read(run: Run, patterns: tuple[str, ...]) -> Refs:
    """Refs whose full name is one of the patterns, or begins with one that ends in a slash."""
    found: dict[str, Ref] = {}
    nested: list[str] = []
    unreadable = 0
    for fields in _rows(run("for-each-ref", f"--format={_FORMAT}", "--", *patterns).stdout):
        try:
            name = fields[0].decode("utf-8")
        except UnicodeDecodeError:
            unreadable += 1
            continue
        id, kind, target, target_kind = (field.decode("ascii") for field in fields[1:5])
        if kind != "tag":
            found[name] = Ref(name, id, id if kind == "commit" else None)
        else:
            found[name] = Ref(name, id, target if target_kind == "commit" else None, annotated=True)
            if target_kind == "tag":
                nested.append(id)
    _tell_tags(run, found, nested)
    return Refs(found, unreadable)


def _rows(said: bytes) -> Iterator[list[bytes]]:
    """One at a time: a hundred thousand at once would be a hundred megabytes."""
    at = 0
    while at < len(said):
        end = said.find(b"\n", at)
        fields = said[at : end if end >= 0 else len(said)].split(b"\0")
        if len(fields) != 6:
            raise GitError(Trouble.CORRUPT, "the list of refs makes no sense")
        yield fields
        at = end + 1 if end >= 0 else len(said)


def _tell_tags(run: Run, found: dict[str, Ref], nested: list[str]) -> None:
    """Fills in what only the tag objects say."""
    wanted = {ref.id for ref in found.values() if ref.annotated}
    known = {id: words for id in wanted if (words := _WORDS.get(id))}
    for id, item in _annotated(run, list(wanted - known.keys())).items():
        known[id] = _remembered(id, parsing.tag(item.raw))
    peeled = _peeled(run, nested)
    for name, ref in found.items():
        if ref.annotated:
            subject, tagger = known.get(ref.id, ("", None))
            commit = peeled.get(ref.id, ref.commit)
            found[name] = replace(ref, commit=commit, subject=subject, tagger=tagger)


def _remembered(id: str, words: tuple[str, Signature | None]) -> tuple[str, Signature | None]:
    if len(_WORDS) >= MAX_WORDS:
        _WORDS.clear()
    _WORDS[id] = words
    return words


def _annotated(run: Run, ids: list[str]) -> dict[str, batch.Object]:
    """Tag objects by id, without such as are absurdly big."""
    if not ids:
        return {}
    sizes = run("cat-file", "--batch-check", stdin=batch.questions(ids)).stdout.decode("ascii")
    found: dict[str, batch.Object] = {}
    for group in _groups(sizes):
        said = run("cat-file", "--batch", stdin=batch.questions(group)).stdout
        found |= {item.id: item for item in batch.objects(said) if item is not None}
    return found


def _groups(sizes: str) -> Iterator[list[str]]:
    """Ids from the lines of `--batch-check`, as many as one answer may hold."""
    group: list[str] = []
    total = 0
    for words in map(str.split, sizes.splitlines()):
        if len(words) != 3 or int(words[2]) > MAX_TAG:
            continue
        if total + int(words[2]) > MAX_ANSWER or len(group) >= 10_000:
            yield group
            group, total = [], 0
        group.append(words[0])
        total += int(words[2])
    if group:
        yield group


def _peeled(run: Run, ids: list[str]) -> dict[str, str | None]:
    """Commits behind tags of tags: `%(*objectname)` peels once on older git."""
    if not ids:
        return {}
    asked = [f"{names.oid(id)}^{{commit}}" for id in ids]
    said = run("cat-file", "--batch-check", stdin=batch.questions(asked)).stdout.decode("ascii", "replace")
    answers = [line.split(" ") for line in said.splitlines()]
    return {
        id: words[0] if len(words) == 3 and words[1] == "commit" else None
        for id, words in zip(ids, answers, strict=True)
    }
