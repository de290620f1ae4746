"""Versions of a process and their texts for scripts: the list, what differs, what the lint says, checking a text."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Schema
from pydantic import Field

from accounts.access import authorize
from accounts.bearer import person_of
from foundation.shapes import Listed, Paging, Utc, address, listed, utc
from products.api.lookup import SLUG
from products.api.processes import SENT, Asked, process_of_body, version_of
from products.api.routing import SEEN_WITH, router
from products.drafts.examined import examine
from products.models import Process, ProcessVersion
from products.process.diff import counts, diff
from products.process.lint import Finding
from products.process.problems import Problem
from products.reading.changes import changes
from products.reading.findings import findings_of

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class VersionShape(Schema):
    """`published_alone`: by the person who wrote it, because nobody else may publish here."""

    number: int
    sha256: str
    at: Utc
    by: str
    source: str
    published_alone: bool
    current: bool
    url: str


class ProblemShape(Schema):
    """Why a document cannot be used."""

    line: int
    path: str
    message: str


class FindingShape(Schema):
    """What is questionable: why it bites, what would settle it, and what settled it if something did."""

    code: str
    line: int
    path: str
    message: str
    why: str
    cure: str
    settled: str | None


class Examination(Schema):
    usable: bool
    problems: list[ProblemShape]
    findings: list[FindingShape]


class TextLineShape(Schema):
    """A line of both texts: the same, gone or come; its number in the one and in the other."""

    kind: Literal["same", "gone", "come"]
    old: int | None
    new: int | None
    text: str


class DifferenceShape(Schema):
    """`changes` is what changes in the work, in words; `lines` are those that differ, with some around them.

    `old` is null for a first version, which is compared with nothing.
    """

    old: int | None
    new: int
    changes: list[str]
    added: int
    removed: int
    lines: list[TextLineShape]


class Between(Schema):
    """Two versions; `new` is the current one, `old` the one before it, unless given."""

    old: Number | None = None
    new: Number | None = None


@router.get("/processes/{key}/versions", auth=SEEN_WITH, response=Listed[VersionShape], tags=["processes"])
def list_versions(request: HttpRequest, key: str, asked: Query[Paging]) -> dict[str, Any]:
    """Every text it had, the newest first."""
    current = version_of(request, key, None).process
    rows = ProcessVersion.objects.filter(process=current).select_related("by", "process", "draft")
    return listed(asked.page(rows.defer("text", "document"), "-number"), version_shape)


@router.get("/processes/{key}/diff", auth=SEEN_WITH, response=DifferenceShape, tags=["processes"])
def read_difference(request: HttpRequest, key: str, asked: Query[Between]) -> dict[str, Any]:
    """What one version changed against another. 404 for one that is not there."""
    new = version_of(request, key, asked.new)
    before = new.process.versions.filter(number__lt=new.number).order_by("-number").first()
    old = version_of(request, key, asked.old) if asked.old else before
    stretches = diff(old.text, new.text) if old else []
    added, removed = counts(stretches)
    return {
        "old": old.number if old else None,
        "new": new.number,
        "changes": changes(old.document, new.document) if old else [],
        "added": added,
        "removed": removed,
        "lines": [
            {
                "kind": row.kind,
                "old": row.old,
                "new": row.new,
                "text": "".join(each.text for each in row.pieces),
            }
            for stretch in stretches
            if not stretch.folded
            for row in stretch.rows
        ],
    }


@router.get("/processes/{key}/lint", auth=SEEN_WITH, response=Examination, tags=["processes"])
def read_findings(request: HttpRequest, key: str, asked: Query[Asked]) -> dict[str, Any]:
    """What is questionable in a version, and what its document settled."""
    version = version_of(request, key, asked.version)
    found = findings_of(version.text, name=f"{version.process.key}.yaml")
    return {"usable": found.readable, "problems": [], "findings": [finding_shape(each) for each in found.all]}


@router.post(
    "/processes/{key}/check", auth=SEEN_WITH, response=Examination, tags=["processes"], openapi_extra=SENT
)
def check_document(request: HttpRequest, key: str) -> dict[str, Any]:
    """Reads the document that is sent as one of the process `key` and stores nothing."""
    authorize(person_of(request), "view", Process(key=key))
    if not SLUG.fullmatch(key):
        raise Http404
    found = examine(process_of_body(request), key=key)
    return {
        "usable": found.document is not None,
        "problems": [problem_shape(each) for each in found.problems],
        "findings": [finding_shape(each) for each in found.findings],
    }


def version_shape(version: ProcessVersion) -> dict[str, Any]:
    draft = getattr(version, "draft", None)
    return {
        "number": version.number,
        "sha256": version.sha256,
        "at": utc(version.at),
        "by": str(version.by or ""),
        "source": version.source,
        "published_alone": bool(draft and draft.saved_by_id == version.by_id),
        "current": version.pk == version.process.current_id,
        "url": address(f"/processes/{version.process.key}/{version.number}/"),
    }


def problem_shape(found: Problem) -> dict[str, Any]:
    return {"line": found.line, "path": found.path, "message": found.message}


def finding_shape(found: Finding) -> dict[str, Any]:
    same = {name: getattr(found, name) for name in ("code", "line", "path", "message", "why", "cure")}
    return {**same, "settled": found.settled.choice if found.settled else None}
