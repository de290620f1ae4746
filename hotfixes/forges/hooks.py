"""What a delivery hints at. A hint only says where to look: nothing in it is evidence, so a replayed, reordered or
invented one can cost a look and nothing else.
"""

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from django.utils.translation import gettext as _

from hotfixes.forges.picking import inner, word
from hotfixes.forges.shapes import Kind, whole

MAX_READ: Final = 8_000_000
MAX_REFS: Final = 50
HEADS, TAGS = "refs/heads/", "refs/tags/"


class Malformed(ValueError):
    """The body is no JSON object; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Hint:
    """`refs`: full names of branches and tags that may have moved; `pulls`: numbers; `what`: the event in the forge's
    words. Empty refs and pulls mean: look at everything.
    """

    refs: tuple[str, ...] = ()
    pulls: tuple[int, ...] = ()
    what: str = ""


def hint(kind: str, event: str, body: bytes) -> Hint:
    """Raises Malformed. An event that nobody knows hints at nothing in particular."""
    if len(body) > MAX_READ:
        return Hint(what=event[:100])
    data = _decoded(body)
    what = event or word(data, "object_kind") or word(data, "event_type")
    if kind == Kind.GITLAB:
        return Hint(
            _refs(*_gitlab_names(data)), _numbers(inner(data, "object_attributes", "iid"), data), what
        )
    return Hint(_refs(*_names(data)), _numbers(inner(data, "pull_request", "number"), data), what)


def _decoded(body: bytes) -> dict[str, Any]:
    if body.startswith(b"payload="):
        try:
            body = parse_qs(body.decode(), max_num_fields=10).get("payload", [""])[0].encode()
        except ValueError:
            raise Malformed(_("The delivery's form cannot be read.")) from None
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Malformed(_("The delivery is not JSON.")) from None
    if not isinstance(data, dict):
        raise Malformed(_("The delivery is not a JSON object."))
    return data


def _names(data: dict[str, Any]) -> list[str]:
    """GitHub's and Gitea's: pushes name refs in full, `create` and `delete` by type, the rest branches and tags."""
    ref, kind = word(data, "ref"), word(data, "ref_type")
    found = [ref] if ref.startswith("refs/") else []
    if kind in ("branch", "tag") and ref and not found:
        found.append((HEADS if kind == "branch" else TAGS) + ref)
    for path in (
        ("pull_request", "head", "ref"),
        ("check_suite", "head_branch"),
        ("workflow_run", "head_branch"),
    ):
        found += [HEADS + word(data, *path)] if word(data, *path) else []
    tag, deployed = word(data, "release", "tag_name"), word(data, "deployment", "ref")
    found += [TAGS + tag] if tag else []
    found += [HEADS + deployed, TAGS + deployed] if deployed else []
    branches = inner(data, "branches")
    return found + [
        HEADS + word(one, "name") for one in (branches if isinstance(branches, list) else [])[:10]
    ]


def _gitlab_names(data: dict[str, Any]) -> list[str]:
    ref, attributes = word(data, "ref"), inner(data, "object_attributes")
    kind = word(data, "object_kind")
    found = [ref] if ref.startswith("refs/") else [HEADS + ref, TAGS + ref] if ref else []
    source = word(attributes, "source_branch") or word(data, "merge_request", "source_branch")
    found += [HEADS + source] if source else []
    if kind == "pipeline" and (on := word(attributes, "ref")):
        found.append((TAGS if inner(attributes, "tag") is True else HEADS) + on)
    tag = word(data, "tag") if kind == "release" else ""
    return found + ([TAGS + tag] if tag else [])


def _refs(*names: str) -> tuple[str, ...]:
    known = [
        name for name in names if name.startswith((HEADS, TAGS)) and name.isprintable() and len(name) < 300
    ]
    return tuple(dict.fromkeys(known))[:MAX_REFS]


def _numbers(first: object, data: dict[str, Any]) -> tuple[int, ...]:
    others = (inner(data, "number"), inner(data, "issue", "number"), inner(data, "merge_request", "iid"))
    found = [whole(one) for one in (first, *others)]
    return tuple(dict.fromkeys(one for one in found if one))
