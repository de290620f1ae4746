"""Branches and tags of a mirror: one listing, one more run for the annotated tags."""

from hotfixes.git import batch, names, parsing
from hotfixes.git.failures import Run
from hotfixes.git.limits import MB
from hotfixes.git.reader import Ref, Refs
from hotfixes.git.trouble import GitError, Trouble

# A ref's name can hold neither NUL nor line feed, and no other field holds text of people.
_FORMAT = "%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)%00%(*objecttype)%00"
MAX_TAG = 1 * MB


def read(run: Run, patterns: tuple[str, ...]) -> Refs:
    """Refs whose full name is one of the patterns, or begins with one that ends in a slash."""
    said = run("for-each-ref", f"--format={_FORMAT}", "--", *patterns).stdout
    rows = [line.split(b"\0") for line in said.split(b"\n") if line]
    if any(len(row) != 6 for row in rows):
        raise GitError(Trouble.CORRUPT, "the list of refs makes no sense")
    readable: list[tuple[str, list[str]]] = []
    for row in rows:
        try:
            name = row[0].decode("utf-8")
        except UnicodeDecodeError:
            continue
        readable.append((name, [field.decode("ascii") for field in row[1:5]]))
    tags = _annotated(run, [fields[0] for _name, fields in readable if fields[1] == "tag"])
    peeled = _peeled(run, [fields[0] for _name, fields in readable if fields[3] == "tag"])
    found = {name: _ref(name, fields, tags, peeled) for name, fields in readable}
    return Refs(found, unreadable=len(rows) - len(readable))


def _ref(name: str, fields: list[str], tags: dict[str, batch.Object], peeled: dict[str, str | None]) -> Ref:
    id, kind, target, target_kind = fields
    if kind != "tag":
        return Ref(name, id, id if kind == "commit" else None)
    commit = peeled.get(id) if target_kind == "tag" else target if target_kind == "commit" else None
    subject, tagger = parsing.tag(tags[id].raw) if id in tags else ("", None)
    return Ref(name, id, commit, annotated=True, subject=subject, tagger=tagger)


def _annotated(run: Run, ids: list[str]) -> dict[str, batch.Object]:
    """Tag objects by id, without such as are absurdly big."""
    if not ids:
        return {}
    sizes = run("cat-file", "--batch-check", stdin=batch.questions(ids)).stdout.decode("ascii")
    small = [
        words[0]
        for words in map(str.split, sizes.splitlines())
        if len(words) == 3 and int(words[2]) <= MAX_TAG
    ]
    found: dict[str, batch.Object] = {}
    for first in range(0, len(small), 5_000):
        said = run("cat-file", "--batch", stdin=batch.questions(small[first : first + 5_000])).stdout
        found |= {item.id: item for item in batch.objects(said) if item is not None}
    return found


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
