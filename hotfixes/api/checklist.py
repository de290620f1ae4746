"""The list of checks for a terminal: `curl …/checks.txt` at the end of a deploy script."""

from __future__ import annotations

from typing import Annotated

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.access import authorize
from accounts.bearer import Bearer, person_of, token_of
from accounts.models import Scope
from hotfixes.models import Hotfix
from hotfixes.pages.checks_text import PLAIN
from hotfixes.standing.checklist_text import checklist_text
from products.token_products import narrowed

router = Router(tags=["hotfixes"], auth=Bearer(Scope.READ, Scope.HOTFIXES, Scope.INGEST))
TEXT = {
    "responses": {
        200: {"description": "Plain text.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    }
}


class TextAsked(Schema):
    color: Annotated[str, Field(max_length=10, description="1: with colours for a terminal.")] = ""


@router.get("/hotfixes/{ref}/checks.txt", openapi_extra=TEXT)
def read_checks_text(request: HttpRequest, ref: str, asked: Query[TextAsked]) -> HttpResponse:
    """All checks in the process's order, one a line. The last line counts what is open: `3 not right, 2 waiting`."""
    try:
        rows = Hotfix.objects.visible_to(person_of(request)).for_page()
        found = narrowed(rows, token_of(request)).by_ref(ref)  # type: ignore[attr-defined]
    except Hotfix.DoesNotExist:
        raise Http404 from None
    authorize(person_of(request), "view", found)
    return HttpResponse(checklist_text(found, color=asked.color == "1"), content_type=PLAIN)
