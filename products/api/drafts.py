"""Drafts of a process for scripts: begin, read, save, publish, discard. A resend does nothing again."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema, Status
from pydantic import Field

from accounts.access import authorize
from accounts.bearer import person_of, refuse_narrow
from accounts.models import User
from foundation.problems import CONTENT_TYPE, problem
from foundation.shapes import Utc, address, utc
from products.api.lookup import SLUG
from products.api.processes import SENT, TEXT, process_of_body
from products.api.routing import SEEN_WITH, SET_WITH, router
from products.api.shapes import ProcessShape, process_shape
from products.api.texts import FindingShape, ProblemShape, finding_shape, problem_shape
from products.drafts import verbs as drafts
from products.drafts.examined import examine
from products.drafts.obstacles import Blocked, obstacles
from products.drafts.runbook import from_runbook
from products.models import Process, ProcessDraft
from products.process.problems import ProcessError

Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_REFUSAL = {
    "description": "Somebody was faster, or something stands in the way: the sentence says what.",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
CONFLICT: dict[str, Any] = {"responses": {409: _REFUSAL}}
_NO_GUESSES: list[dict[str, Any]] = []
DOCUMENT = {"responses": {200: {"description": "The text of the draft, byte for byte.", **TEXT}}}


class GuessShape(Schema):
    """What the import took a place of the runbook for; `place` is its number in the list."""

    place: int
    line: int
    path: str
    said: str
    source_line: int | None
    seen_by: str


class ObstacleShape(Schema):
    """What keeps the caller from publishing."""

    code: str
    message: str


class DraftShape(Schema):
    key: str
    base: int | None
    sha256: str
    by: str
    at: Utc
    saved_by: str
    saved_at: Utc
    usable: bool
    problems: list[ProblemShape]
    findings: list[FindingShape]
    guesses: list[GuessShape]
    obstacles: list[ObstacleShape]
    url: str


class Seen(Schema):
    """`seen`: the `sha256` of the text that the caller has read; needed."""

    seen: Sha | None = None

    def text(self) -> str:
        """Asked for after the rights: who may not learns nothing of what is missing."""
        if self.seen is None:
            raise ValidationError({"seen": _("Say which text you have read: its sha256.")})
        return self.seen


class Publishing(Seen):
    """`aloud`: the caller publishes what they wrote themselves, where nobody else may."""

    aloud: bool = False


class Written(Schema):
    """`kind=markdown` takes a runbook and guesses a process from it."""

    kind: Annotated[str, Field(pattern="^(yaml|markdown)$")] = "yaml"


class Places(Schema):
    """Which guesses were looked at, by their `place`."""

    place: Annotated[list[Annotated[int, Field(ge=0, le=100_000)]], Field(max_length=2000)] = []


class Compared(Schema):
    """`version`: the one that the draft was compared with; needed."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


@router.get("/processes/{key}/draft", auth=SEEN_WITH, response=DraftShape, tags=["processes"])
def read_draft(request: HttpRequest, key: str) -> dict[str, Any]:
    """The open draft: what is wrong, what is questionable, what was guessed, what keeps you from publishing."""
    user = _writer(request, key)
    return _shape(_open(key), user)


@router.get("/processes/{key}/draft/document", auth=SEEN_WITH, tags=["processes"], openapi_extra=DOCUMENT)
def read_draft_document(request: HttpRequest, key: str) -> HttpResponse:
    """Its text, byte for byte."""
    _writer(request, key)
    return HttpResponse(_open(key).text.encode(), content_type="application/yaml; charset=utf-8")


@router.post(
    "/processes/{key}/draft", auth=SET_WITH, response={201: DraftShape, 200: DraftShape}, tags=["processes"],
    openapi_extra={**SENT, **CONFLICT},
)  # fmt: skip
def begin_draft(request: HttpRequest, key: str, asked: Query[Written]) -> Any:
    """Begins a draft with the text that is sent, which may be broken; for who manages some team.

    The text of the open draft again answers that draft (200); another text is 409 while one is open.
    """
    user = _writer(request, key, change=True)
    text, guesses = process_of_body(request), _NO_GUESSES
    if asked.kind == "markdown":
        text, guesses = from_runbook(text, key=key)
    process = Process.objects.filter(key=key).select_related("current").first()
    there = ProcessDraft.objects.open().filter(key=key).exists()
    try:
        draft = drafts.start_draft(
            text, key=key, by=user, base=process.current if process else None, guesses=guesses
        )
    except drafts.DraftOpen as error:
        return _changed(error.draft, _("There is an open draft with another text."))
    return Status(200 if there else 201, _shape(draft, user))


@router.put(
    "/processes/{key}/draft", auth=SET_WITH, response=DraftShape, tags=["processes"],
    openapi_extra={**SENT, **CONFLICT},
)  # fmt: skip
def save_draft(request: HttpRequest, key: str, asked: Query[Seen]) -> Any:
    """Stores the text that is sent. 409 when somebody has saved another one than `seen` meanwhile."""
    user = _writer(request, key, change=True)
    try:
        draft = drafts.save_draft(_open(key), process_of_body(request), by=user, seen=asked.text())
    except drafts.DraftChanged as error:
        return _changed(error.draft)
    return _shape(draft, user)


@router.post("/processes/{key}/draft/guesses", auth=SET_WITH, response=DraftShape, tags=["processes"],
             openapi_extra=CONFLICT)  # fmt: skip
def look_at_guesses(request: HttpRequest, key: str, asked: Query[Places]) -> Any:
    """Says that the caller has looked at these guesses of the import."""
    user = _writer(request, key, change=True)
    try:
        return _shape(drafts.look_at(_open(key), asked.place, by=user), user)
    except drafts.DraftChanged as error:
        return _changed(error.draft)


@router.post("/processes/{key}/draft/go_on", auth=SET_WITH, response=DraftShape, tags=["processes"],
             openapi_extra=CONFLICT)  # fmt: skip
def go_on(request: HttpRequest, key: str, asked: Query[Compared]) -> Any:
    """Says that the caller has compared the draft with the version that came meanwhile, and keeps the draft's text."""
    user = _writer(request, key, change=True)
    if asked.version is None:
        raise ValidationError({"version": _("Say which version you have compared it with.")})
    draft = _open(key)
    process = Process.objects.select_related("current").filter(key=key).first()
    current = process.current if process else None
    if current is None or current.number != asked.version:
        return _changed(draft, _("The current version is another one."))
    try:
        return _shape(drafts.go_on_from(draft, current, by=user), user)
    except drafts.DraftChanged as error:
        return _changed(error.draft)


@router.post("/processes/{key}/draft/publish", auth=SET_WITH, response=ProcessShape, tags=["processes"],
             openapi_extra=CONFLICT)  # fmt: skip
def publish_draft(request: HttpRequest, key: str, asked: Query[Publishing]) -> Any:
    """Makes the draft the version that new incidents start with. For administrators, and not for who wrote it last.

    The same again answers that version. A broken document is 422; whatever else stands in the way is 409.
    """
    user = _writer(request, key, change=True)
    authorize(user, "publish", Process)
    done = _published(key, asked.text())
    if done is not None:
        return process_shape(done)
    try:
        version = drafts.publish(_open(key), by=user, aloud=asked.aloud, seen=asked.seen).version
    except drafts.DraftChanged as error:
        return _changed(error.draft)
    except Blocked as error:
        errors = [{"field": one.code, "message": one.message} for one in error.obstacles]
        return problem(409, " ".join(one.message for one in error.obstacles), errors)
    except ProcessError as error:
        errors = [{"field": each.path, "message": str(each)} for each in error.problems]
        return problem(422, _("This is no process document: see errors."), errors)
    return process_shape(version)


@router.delete("/processes/{key}/draft", auth=SET_WITH, response={204: None}, tags=["processes"],
               openapi_extra=CONFLICT)  # fmt: skip
def discard_draft(request: HttpRequest, key: str) -> Any:
    """Throws the open draft away; none is no error."""
    user = _writer(request, key, change=True)
    draft = ProcessDraft.objects.open().filter(key=key).first()
    try:
        if draft:
            drafts.discard(draft, by=user)
    except drafts.DraftChanged as error:
        return _changed(error.draft)
    return Status(204, None)


def _writer(request: HttpRequest, key: str, *, change: bool = False) -> User:
    """Who may write drafts; for a change, with a token for the whole house."""
    user = person_of(request)
    if change:
        refuse_narrow(request)
    authorize(user, "draft", Process)
    if not SLUG.fullmatch(key):
        raise Http404
    return user


def _open(key: str) -> ProcessDraft:
    found = ProcessDraft.objects.open().select_related("by", "saved_by", "base").filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _published(key: str, sha256: str) -> Any:
    """The version that this text became, when the request is a resend."""
    if ProcessDraft.objects.open().filter(key=key).exists():
        return None
    last = ProcessDraft.objects.filter(key=key).exclude(published=None).order_by("-published__number").first()
    return last.published if last and last.sha256 == sha256 else None


def _changed(draft: ProcessDraft, words: str = "") -> HttpResponse:
    told = words or _("Somebody was faster: the draft has changed. Read it again.")
    return problem(409, told, draft={"sha256": draft.sha256, "saved_by": str(draft.saved_by)})


def _shape(draft: ProcessDraft, user: User) -> dict[str, Any]:
    examined = examine(draft.text, key=draft.key, guesses=draft.guesses)
    return {
        "key": draft.key,
        "base": draft.base.number if draft.base else None,
        "sha256": draft.sha256,
        "by": str(draft.by),
        "at": utc(draft.at),
        "saved_by": str(draft.saved_by),
        "saved_at": utc(draft.saved_at),
        "usable": examined.document is not None,
        "problems": [problem_shape(each) for each in examined.problems],
        "findings": [finding_shape(each) for each in examined.findings],
        "guesses": [
            {name: getattr(guess, name) for name in GuessShape.model_fields} for guess in examined.guesses
        ],
        "obstacles": [{"code": one.code, "message": one.message} for one in obstacles(draft, by=user)],
        "url": address(f"/processes/{draft.key}/draft/"),
    }
