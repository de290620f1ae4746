"""What a good look found of a product in its repository, so that a person sees at once whether it is the right one.

Read by the worker beside its copy, kept as JSON with the repository's row, shown on the product's pages.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import pydantic

from hotfixes import changelog, patterns, version_files
from hotfixes.audit.releases import Tagged, dated, pattern_of, recognised
from hotfixes.changelog.shapes import Unread
from hotfixes.git import names
from hotfixes.git.names import BadName
from hotfixes.git.reader import Absence, File, GitReader, NoFile, Refs
from hotfixes.git.trouble import GitError, one_line
from hotfixes.patterns import BadPattern
from hotfixes.version_files import Version
from products.aliases import tag_name
from products.models import Product, Repository
from products.policies import policy_of
from products.process.schema.policy import ChangelogSpec, PolicySpec, VersionFile

MAX_TAGS: Final = 3
MAX_SAMPLES: Final = 5
MAX_FILES: Final = 12
SHOWN: Final = 200
# Looked for where none of the agreed version files is there.
USUAL_FILES: Final = ("pubspec.yaml", "package.json", "pyproject.toml", "Cargo.toml", "VERSION")
USUAL_MAINS: Final = ("main", "master", "trunk", "develop")
NO_FILE: Final = {
    Absence.NOTHING: "nothing",
    Absence.FOLDER: "folder",
    Absence.SYMLINK: "symlink",
    Absence.SUBMODULE: "submodule",
    Absence.TOO_BIG: "too_big",
}


def called_of(product: Product) -> str:
    """What {product} stands for in its names: as the process calls it, else its slug."""
    document = product.process.current.document if product.process.current else {}
    return tag_name(document, [product.name, *product.aliases]) or product.slug


def found_for(
    repository: Repository, reader: GitReader, refs: Refs, before: Mapping[str, Any], *, moved: bool
) -> dict[str, Any]:
    """By the product's id. What was found before stays where neither repository nor policy changed."""
    answer: dict[str, Any] = {}
    for product in Product.objects.active().with_process().filter(repository=repository):
        called = called_of(product)
        try:
            policy = policy_of(product)
        except pydantic.ValidationError:
            continue
        by = _digest(policy, called)
        known = before.get(str(product.pk)) or {}
        if not moved and known.get("by") == by and not known.get("trouble"):
            answer[str(product.pk)] = known
            continue
        try:
            answer[str(product.pk)] = {"by": by, **found(reader, policy, called, refs)}
        except GitError as problem:
            answer[str(product.pk)] = {"by": by, "trouble": problem.sentence}
    return answer


def found(reader: GitReader, policy: PolicySpec, called: str, refs: Refs | None = None) -> dict[str, Any]:
    """Plain JSON; names and texts are cut to 200 characters. Raises GitError."""
    refs = refs or reader.refs()
    tags = [ref for ref in refs.by_name.values() if ref.is_tag]
    main = refs.by_name.get(names.HEADS + policy.main)
    commit = main.commit if main else None
    answer: dict[str, Any] = {
        "branches": len(refs.by_name) - len(tags),
        "tags": len(tags),
        "unreadable": refs.unreadable,
        "called": called,
        "main": policy.main,
        "main_there": commit is not None,
        "other_mains": [name for name in USUAL_MAINS if names.HEADS + name in refs.by_name],
        **_releases(reader, policy, called, refs),
    }
    if not tags or not answer["releases"]:
        answer["samples"] = [ref.short[:SHOWN] for ref in tags[-MAX_SAMPLES:]]
    if commit:
        files = _files(reader, commit, policy.version_files, called)
        answer["files"] = files
        if not any(one.get("path") for one in files):
            answer["guesses"] = _guesses(reader, commit)
        answer["changelog"] = _changelog(reader, commit, policy.changelog, called)
    return answer


def _digest(policy: PolicySpec, called: str) -> str:
    text = json.dumps([policy.model_dump(mode="json"), called], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _releases(reader: GitReader, policy: PolicySpec, called: str, refs: Refs) -> dict[str, Any]:
    """How many production tags there are, and the newest by their number."""
    pattern = pattern_of(policy, refs)
    try:
        there: list[Tagged] = recognised(pattern, refs, called)
    except BadPattern:
        return {"pattern": pattern, "releases": 0, "newest": []}
    newest = sorted(there, key=lambda tag: (tag.numbers, tag.short), reverse=True)[:MAX_TAGS]
    return {
        "pattern": pattern,
        "releases": len(there),
        "newest": [
            {
                "name": tag.short[:SHOWN],
                "version": tag.version,
                "at": tag.at.isoformat() if tag.at else None,
                "annotated": tag.ref.annotated,
            }
            for tag in dated(newest, reader)
        ],
    }


def _files(reader: GitReader, commit: str, specs: list[VersionFile], called: str) -> list[dict[str, Any]]:
    """Each file of the policy with what it states; a pattern that finds nothing is said with its pattern alone."""
    answer: list[dict[str, Any]] = []
    for spec in specs:
        pattern = patterns.formatted(spec.path, {"product": called})
        there = _paths(reader, commit, pattern)
        if not there:
            answer.append({"pattern": pattern[:SHOWN], "kind": spec.kind})
        for path in there[: MAX_FILES - len(answer)]:
            answer.append({"pattern": pattern[:SHOWN], "kind": spec.kind, "path": path[:SHOWN],
                           **_stated(reader, commit, path, spec.kind, spec.key or "")})  # fmt: skip
    return answer


def _paths(reader: GitReader, commit: str, pattern: str) -> tuple[str, ...]:
    try:
        if "*" in pattern or "?" in pattern:
            return reader.paths(commit, pattern, limit=MAX_FILES).paths
        file = reader.file(commit, pattern)
    except BadName:
        return ()
    return () if isinstance(file, NoFile) and file.why is Absence.NOTHING else (pattern,)


def _stated(reader: GitReader, commit: str, path: str, kind: str, key: str) -> dict[str, Any]:
    file = reader.file(commit, path)
    if not isinstance(file, File):
        return {"problem": NO_FILE[file.why]}
    value = version_files.read(kind, file.data, key)
    if isinstance(value, Version):
        return {"version": value.text, "line": value.line}
    return {"problem": value.sentence, "line": value.line}


def _guesses(reader: GitReader, commit: str) -> list[dict[str, Any]]:
    """Files with a usual name that state a version: one of them may be the one."""
    answer: list[dict[str, Any]] = []
    for name in USUAL_FILES:
        for path in reader.paths(commit, f"**/{name}", limit=MAX_SAMPLES).paths:
            kind = version_files.kind_of(path)
            stated = _stated(reader, commit, path, kind, "")
            if "version" in stated and len(answer) < MAX_SAMPLES:
                answer.append({"path": path[:SHOWN], "kind": kind, **stated})
    return answer


def _changelog(
    reader: GitReader, commit: str, spec: ChangelogSpec | None, called: str
) -> dict[str, Any] | None:
    if spec is None:
        return None
    path = patterns.formatted(spec.path, {"product": called})
    answer: dict[str, Any] = {"path": path[:SHOWN], "style": spec.style}
    try:
        file = reader.file(commit, path)
    except BadName:
        return {**answer, "problem": NO_FILE[Absence.NOTHING]}
    if not isinstance(file, File):
        return {**answer, "problem": NO_FILE[file.why]}
    if spec.style == "mention":
        return {**answer, "there": True}
    read = changelog.read(spec.style, file.data, spec.text or "")
    if isinstance(read, Unread):
        return {**answer, "problem": read.sentence}
    first = read.entries[0]
    return {
        **answer,
        "there": True,
        "entries": len(read.entries),
        "top": {"version": one_line(first.version, SHOWN), "date": first.date},
    }
