"""What going back from one commit to another undoes: pure, over a reader of the repository. Plain JSON comes out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotfixes import patterns, version_files
from hotfixes.git import globs, names
from hotfixes.git.names import BadName
from hotfixes.git.reader import Commit, FileChange, GitReader, NoFile, Ref
from hotfixes.git.trouble import GitError, one_line
from hotfixes.preview import detector, paths, telling
from hotfixes.preview.judged import Back
from hotfixes.version_files import Version
from products.process.schema.policy import PolicySpec

ENGINE = 1
MAX_COMMITS, SHOWN = 1000, 50
LISTED = 40
CUT = 200


@dataclass(frozen=True, slots=True)
class Known:
    """A hotfix that Nightdesk has on record: `security` where its incident was one."""

    ref: str
    tag: str
    version: str
    title: str
    security: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """From what runs back to what ran before, as short tag names; `product` fills in the policy's patterns."""

    from_ref: str
    to_ref: str
    product: str
    policy: PolicySpec
    hotfixes: Sequence[Known] = ()


class NoSuchTag(Exception):
    """One of the two is not in the repository: `name` is it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = one_line(name, CUT)


def read(reader: GitReader, asked: Asked, refs: Mapping[str, Ref] | None = None) -> dict[str, Any]:
    """Raises GitError, and NoSuchTag. `digest` of it: `digest(…)`."""
    newer, older = _commit(reader, asked.from_ref, refs), _commit(reader, asked.to_ref, refs)
    log = reader.log(newer, since=older, limit=MAX_COMMITS)
    diff = reader.diff(older, newer)
    mine = [one.id for one in log.commits]
    tags = _tags(reader, refs, set(mine))
    return {
        "engine": ENGINE,
        "from": asked.from_ref,
        "to": asked.to_ref,
        "from_commit": newer,
        "to_commit": older,
        "count": len(log.commits),
        "more": log.more,
        "commits": [_shown(one) for one in log.commits[:SHOWN]],
        # What the version before has and this one has not: a tag beside the line.
        "brings_back": len(reader.log(older, since=newer, limit=MAX_COMMITS).commits),
        "files": len(diff.files),
        "lines": [diff.added, diff.deleted],
        "hotfixes": _hotfixes(asked, log.commits, tags, _new_entries(reader, asked, older, newer)),
        "security": _security(asked, log.commits, tags),
        "migrations": _migrations(reader, newer, diff.files),
        "versions": _versions(reader, asked, diff.files, older, newer),
        "secrets": _listed(one.path for one in diff.files if paths.holds_secrets(one.path)),
        "config": _listed(one.path for one in diff.files if paths.is_config(one.path)),
    }


def digest(found: Mapping[str, Any]) -> str:
    """sha256 of it as canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _commit(reader: GitReader, short: str, refs: Mapping[str, Ref] | None) -> str:
    try:
        full = names.tag(short)
    except BadName:
        raise NoSuchTag(short) from None
    ref = refs.get(full) if refs is not None else reader.ref(full)
    if ref is None or ref.commit is None:
        raise NoSuchTag(short)
    return ref.commit


def _shown(commit: Commit) -> dict[str, Any]:
    at = commit.committer.at or commit.author.at
    return {
        "id": commit.id,
        "subject": one_line(commit.subject, CUT),
        "author": one_line(commit.author.name, 80),
        "at": at.isoformat() if at else None,
    }


def _tags(reader: GitReader, refs: Mapping[str, Ref] | None, undone: set[str]) -> list[Ref]:
    """Those on a commit that would be undone."""
    every = refs if refs is not None else reader.refs().by_name
    return [ref for ref in every.values() if ref.is_tag and ref.commit in undone]


def _hotfixes(
    asked: Asked, commits: Sequence[Commit], tags: Sequence[Ref], entries: Sequence[str]
) -> list[dict[str, Any]]:
    """By our own rows, by tags and changelog entries that say HOTFIX, by messages; each release once."""
    there = {tag.short for tag in tags}
    found = [
        {
            "title": f"{one.ref} {one.version} {one_line(one.title, CUT)}".strip(),
            "ref": one.ref,
            "by": "nightdesk",
        }
        for one in asked.hotfixes
        if one.tag in there
    ]
    ours = {one.tag for one in asked.hotfixes}
    found += [
        {"title": one_line(f"{tag.short} {tag.subject}", CUT), "ref": tag.short, "by": "tag"}
        for tag in tags
        if tag.short not in ours and telling.is_hotfix(tag.subject)
    ]
    if not found:
        found += [{"title": one_line(line, CUT), "ref": "", "by": "changelog"} for line in entries]
    if not found:
        found += [
            {"title": one_line(one.subject, CUT), "ref": one.id, "by": "commit"}
            for one in commits
            if telling.is_hotfix(one.message)
        ]
    return found[:LISTED]


def _security(asked: Asked, commits: Sequence[Commit], tags: Sequence[Ref]) -> list[dict[str, str]]:
    there = {tag.short for tag in tags}
    found = [
        {"id": one.ref, "subject": one_line(f"{one.ref}: {one.title}", CUT), "why": "incident"}
        for one in asked.hotfixes
        if one.security and one.tag in there
    ]
    for one in commits:
        if word := telling.security(one.message):
            found.append({"id": one.id, "subject": one_line(one.subject, CUT), "why": word})
    return found[:LISTED]


def _migrations(reader: GitReader, newer: str, changes: Sequence[FileChange]) -> dict[str, Any]:
    found = detector.detect(reader, newer, changes)
    heaviest_first = sorted(found.files, key=lambda one: list(Back).index(one.judged.verdict))
    return {
        "verdict": str(found.verdict),
        "why": found.why,
        "more": found.more,
        "paths": [one_line(one.path, CUT) for one in heaviest_first][:LISTED],
        "files": [
            {
                "path": one_line(one.path, CUT),
                "kind": one.kind,
                "change": one.change,
                "verdict": str(one.judged.verdict),
                "why": [one_line(why, CUT) for why in one.judged.why],
            }
            for one in heaviest_first[:LISTED]
        ],
    }


def _versions(
    reader: GitReader, asked: Asked, changes: Sequence[FileChange], older: str, newer: str
) -> list[dict[str, str]]:
    """The version files of the policy that differ, with what both of them say."""
    known = {"product": asked.product}
    found: list[dict[str, str]] = []
    for spec in asked.policy.version_files:
        pattern = patterns.formatted(spec.path, known)
        for one in changes:
            if len(found) < LISTED and globs.matches(pattern, one.path):
                was, now = (_stated(reader, at, one.path, spec.kind, spec.key or "") for at in (older, newer))
                found.append({"path": one_line(one.path, CUT), "to": was, "from": now})
    return found


def _stated(reader: GitReader, commit: str, path: str, kind: str, key: str) -> str:
    try:
        file = reader.file(commit, path)
    except BadName:
        return ""
    if isinstance(file, NoFile):
        return ""
    value = version_files.read(kind, file.data, key)
    return value.text[:80] if isinstance(value, Version) else ""


def _new_entries(reader: GitReader, asked: Asked, older: str, newer: str) -> list[str]:
    """Lines of the changelog that came since and say HOTFIX."""
    spec = asked.policy.changelog
    if spec is None:
        return []
    path = patterns.formatted(spec.path, {"product": asked.product})
    try:
        was, now = (_lines(reader, at, path) for at in (older, newer))
    except (BadName, GitError):
        return []
    return [line for line in now if line not in was and telling.is_hotfix(line)][:LISTED]


def _lines(reader: GitReader, commit: str, path: str) -> dict[str, None]:
    file = reader.file(commit, path)
    if isinstance(file, NoFile):
        return {}
    lines = file.data.decode("utf-8", "replace").splitlines()
    return dict.fromkeys(line.strip(" |*#-\t") for line in lines[:5000])


def _listed(found: Iterable[str]) -> list[str]:
    return [one_line(path, CUT) for path in found][:LISTED]
