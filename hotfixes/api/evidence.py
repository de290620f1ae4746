"""`POST /evidence` from CI: what passed and what did not, as JSON or as the JUnit file itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.errors import HttpError
from ninja.errors import ValidationError as Malformed
from pydantic import AfterValidator, ConfigDict, Field
from pydantic import ValidationError as BodyError

from accounts.access import authorize
from accounts.bearer import Bearer, person_of, token_of
from accounts.models import Scope
from accounts.replay import once_by_token
from foundation import json_body
from foundation.blobs import Upload, taken
from foundation.shapes import Body, OneLine, Plain, Text, Utc, utc
from hotfixes.api.deployments import hotfix_of
from hotfixes.models import Evidence
from hotfixes.reported.evidence import add_evidence, from_junit

router = Router(tags=["evidence"], auth=Bearer(Scope.INGEST, Scope.HOTFIXES))
MARK = b"\xef\xbb\xbf"


def _commit(text: str) -> str:
    if text and not (7 <= len(text) <= 64 and all(one in "0123456789abcdef" for one in text.lower())):
        raise ValueError("must be a commit's id, 7 to 64 hex digits")
    return text


Kind = Literal["tests", "smoke", "artifact", "note"]
Commit = Annotated[str, Field(max_length=64), AfterValidator(_commit)]


class NewEvidence(Body):
    """`head`: the commit it speaks of; tests prove nothing without it. `passed` may be left out where
    `data.exit_code` says it. In `data`, `item` or `items` name smoke tests of the process, `check` any check of the
    list, `name`, `size`, `sha256`, `location` and `version` an artifact.
    """

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"hotfix": "HF-3", "kind": "smoke", "passed": True, "summary": "12 of 12"}]
        },
    )

    hotfix: Annotated[str, Field(min_length=1, max_length=24), Plain]
    kind: Kind
    passed: bool | None = None
    summary: Annotated[str, Field(max_length=500), Plain] = ""
    url: Annotated[str, Field(max_length=1000), Plain, OneLine] = ""
    data: dict[str, Any] = {}
    head: Commit = ""


class EvidenceAsked(Schema):
    """For a JUnit file; with JSON all of it is in the body."""

    hotfix: Annotated[Text, Field(description="Beside a file: which hotfix.")] = ""
    kind: Annotated[Kind, Field(description="Beside a file: tests or smoke.")] = "tests"
    head: Annotated[Commit, Field(description="Beside a file: the commit that was tested.")] = ""
    url: Annotated[Text, Field(description="Beside a file: where the run can be seen.")] = ""


class EvidenceShape(Schema):
    """`passed` is null where nothing said how it went."""

    id: int
    hotfix: str
    kind: Kind
    passed: bool | None
    summary: str
    url: str
    data: dict[str, Any]
    head: str
    at: Utc
    by: str | None
    token: str | None


_BINARY = {"schema": {"type": "string", "format": "binary"}}
SENT = {
    "requestBody": {
        "required": True,
        "description": "JSON, or a JUnit file as it is, or as the part `file` of a form.",
        "content": {
            "application/json": {"schema": NewEvidence.model_json_schema()},
            "application/xml": {"schema": {"type": "object"}},
            "multipart/form-data": {"schema": {"type": "object", "properties": {"file": _BINARY["schema"]}}},
        },
    }
}


@router.post("/evidence", response={201: EvidenceShape, 200: EvidenceShape}, openapi_extra=SENT)
def send_evidence(request: HttpRequest, asked: Query[EvidenceAsked]) -> Status[dict[str, Any]]:
    """How tests or smoke tests went, what was built, what somebody noted. The hotfix is judged again at once.

    A JUnit file is counted here: no test is not passed.
    """
    ref, facts, sent = _read(request, asked)
    hotfix = hotfix_of(request, ref)
    authorize(person_of(request), "add_evidence", hotfix)

    def do() -> str:
        made = add_evidence(hotfix, by=person_of(request), token=token_of(request).name, **facts)
        return str(made.pk)

    pk, fresh = once_by_token(request, "evidence", sent, do)
    made = Evidence.objects.select_related("hotfix", "by").get(pk=int(pk))
    return Status(201 if fresh else 200, evidence_shape(made))


def evidence_shape(one: Evidence) -> dict[str, Any]:
    same = ("kind", "passed", "summary", "url", "data", "head")
    return {
        **{name: getattr(one, name) for name in same},
        "id": one.pk,
        "hotfix": one.hotfix.ref,
        "at": utc(one.at),
        "by": one.by.email if one.by else None,
        "token": one.token or None,
    }


def _read(request: HttpRequest, asked: EvidenceAsked) -> tuple[str, dict[str, Any], Any]:
    """The hotfix, the facts, and what a resend must repeat."""
    file = _file(request)
    if file is None:
        body = _body(request)
        facts = body.facts()
        return facts.pop("hotfix"), facts, body.model_dump(mode="json", exclude_unset=True)
    if not asked.hotfix:
        raise ValidationError({"hotfix": _("Say which hotfix: ?hotfix=HF-3.")})
    beside = {"kind": asked.kind, "head": asked.head, "url": asked.url}
    return asked.hotfix, {**from_junit(file), **beside}, {**beside, "sha256": file.sha256}


def _file(request: HttpRequest) -> Upload | None:
    """A part `file` of a form, or a body that begins as XML does, whatever it is called: curl calls it a form."""
    if (request.content_type or "").startswith("multipart/"):
        part = request.FILES.get("file") or next(iter(request.FILES.values()), None)
        if part is None or isinstance(part, list):
            raise ValidationError({"file": _("Send the file as the part “file”.")})
        return taken(part.name or "junit.xml", part.read())
    start = request.body[:200].removeprefix(MARK).lstrip()
    if start.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<")):
        return taken("junit.xml", request.body)
    if (request.content_type or "").endswith("xml"):
        # curl sends nothing, and says so on another line, when the file is not there.
        raise ValidationError({"file": _("This is no XML. Is the file there, and does it begin with “<”?")})
    return None


def _body(request: HttpRequest) -> NewEvidence:
    try:
        sent = json_body.read(request.body)
    except ValueError as error:
        raise HttpError(400, "The body is not JSON.") from error
    try:
        return NewEvidence.model_validate(sent)
    except BodyError as error:
        found = error.errors(include_url=False, include_input=False)
        raise Malformed([dict(one) for one in found]) from None
