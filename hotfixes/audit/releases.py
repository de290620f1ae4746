"""Which tags are production releases, in which order, and which one each of them follows."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hotfixes import patterns
from hotfixes.git import names
from hotfixes.git.reader import GitReader, Ref, Refs
from hotfixes.patterns import BadPattern
from products.process.schema.policy import PolicySpec

# Where the process names no tag: what most repositories do.
USUAL = ("v{new}", "{new}")
MAX_LOOKS = 30
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION = re.compile(r"(?<![0-9.])\d{1,9}(?:\.\d{1,9}){1,3}(?![0-9]|\.[0-9])")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag that the pattern recognises. `numbers`: its version for comparing; `words`: further placeholders."""

    ref: Ref
    version: str
    numbers: tuple[int, ...]
    product: str
    words: Mapping[str, str]
    at: datetime | None = None

    @property
    def short(self) -> str:
        return self.ref.short


def pattern_of(policy: PolicySpec, refs: Refs) -> str:
    """The pattern of production tags; for a process that names none, the usual one that fits most."""
    if policy.tag:
        return policy.tag
    return max(USUAL, key=lambda pattern: len(recognised(pattern, refs)))


def recognised(pattern: str, refs: Refs, product: str = "") -> list[Tagged]:
    """Every production tag, of this product or of any. Raises BadPattern."""
    if "{new}" not in pattern:
        raise BadPattern(pattern[:80])
    known = {"product": product} if product else {}
    found = []
    for ref in refs.by_name.values():
        if not ref.is_tag:
            continue
        words = patterns.recognised(pattern, ref.short, known)
        if words is not None:
            version = words["new"]
            numbers = tuple(int(part) for part in version.split("."))
            found.append(Tagged(ref, version, numbers, words.get("product", product), words))
    return found


def dated(found: Iterable[Tagged], reader: GitReader) -> list[Tagged]:
    """With the moment written in the tag or, for a lightweight one, in its commit."""
    tags = list(found)
    wanted = [tag.ref.commit for tag in tags if tag.ref.tagger is None and tag.ref.commit]
    commits = reader.commits(wanted) if wanted else {}
    return [_with_moment(tag, commits) for tag in tags]


def _with_moment(tag: Tagged, commits: Mapping[str, object]) -> Tagged:
    commit = commits.get(tag.ref.commit or "")
    written = tag.ref.tagger or getattr(commit, "committer", None)
    at = written.at if written else None
    return Tagged(tag.ref, tag.version, tag.numbers, tag.product, tag.words, at)


def latest(tags: Sequence[Tagged], limit: int) -> list[Tagged]:
    """The `limit` newest by their moment, listed by product and then by version, the highest first."""
    newest = sorted(tags, key=lambda tag: (tag.at or _LONG_AGO, _padded(tag), tag.short), reverse=True)[
        :limit
    ]
    by_version = sorted(newest, key=lambda tag: (_padded(tag), tag.short), reverse=True)
    return sorted(by_version, key=lambda tag: tag.product)


def predecessor(tag: Tagged, tags: Iterable[Tagged], reader: GitReader) -> Tagged | None:
    """The release that was in production before: for a patch the one that its number follows; else the highest lower
    version in its history, and without any such the highest lower one.
    """
    lower = sorted(
        (one for one in tags if one.product == tag.product and _padded(one) < _padded(tag)),
        key=lambda one: (_padded(one), one.short),
        reverse=True,
    )
    if not lower:
        return None
    if _padded(lower[0])[:2] == _padded(tag)[:2] or tag.ref.commit is None:
        return lower[0]
    for one in lower[:MAX_LOOKS]:
        if one.ref.commit and reader.is_ancestor(one.ref.commit, tag.ref.commit):
            return one
    return lower[0]


def suggested(pattern: str, refs: Refs) -> tuple[str, tuple[str, ...]]:
    """A pattern that fits most of the tags which this one does not, and three of them; ("", ()) where none has a
    version in its name.
    """
    shapes: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for ref in refs.by_name.values():
        if not ref.is_tag or len(ref.short) > 120 or patterns.recognised(pattern, ref.short) is not None:
            continue
        shape = _shape(ref.short)
        if shape:
            shapes[shape] += 1
            examples.setdefault(shape, []).append(ref.short)
    if not shapes:
        return "", ()
    _join_products(shapes, examples)
    best = max(shapes, key=lambda shape: (shapes[shape], shape))
    return best, tuple(sorted(examples[best])[-3:])


def _join_products(shapes: Counter[str], examples: dict[str, list[str]]) -> None:
    """`web/v{new}` and `api/v{new}` are `{product}/v{new}`."""
    joined: dict[str, list[str]] = {}
    for shape in shapes:
        folder, slash, rest = shape.rpartition("/")
        if slash and "{" not in folder and "/" not in folder:
            joined.setdefault(f"{{product}}/{rest}", []).append(shape)
    for shape, parts in joined.items():
        if len(parts) > 1:
            shapes[shape] = sum(shapes[part] for part in parts)
            examples[shape] = [tag for part in parts for tag in examples[part]]


def _shape(tag: str) -> str:
    found = list(_VERSION.finditer(tag))
    if len(found) != 1 or "{" in tag or "}" in tag:
        return ""
    shape = f"{tag[: found[0].start()]}{{new}}{tag[found[0].end() :]}"
    return shape if patterns.recognised(shape, tag) is not None else ""


def hotfix_branches(policy: PolicySpec, refs: Refs) -> dict[tuple[str, str], Ref]:
    """Branches that are still there and named like a hotfix's, by product and version."""
    found: dict[tuple[str, str], Ref] = {}
    for ref in refs.by_name.values():
        if policy.branch and ref.name.startswith(names.HEADS):
            words = patterns.recognised(policy.branch, ref.short)
            if words and words.get("new"):
                found[words.get("product", ""), words["new"]] = ref
    return found


def _padded(tag: Tagged) -> tuple[int, ...]:
    return (*tag.numbers, 0, 0, 0)[:4]
