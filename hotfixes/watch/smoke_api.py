"""Smoke tests that somebody tried, by script: after a rollback too, which `POST /evidence` does not know."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from pydantic import ConfigDict, Field

from accounts.bearer import Bearer, person_of
from accounts.models import Scope
from accounts.replay import once_by_token
from foundation import moment
from foundation.shapes import Body, Key, Moment, Words
from hotfixes.watch import shown, smoke
from hotfixes.watch.api import Watches, router, watch_shape
from incidents.api.reading import incident_of


class SmokeTried(Body):
    """`results`: by the keys of the process's smoke tests, those that were tried; true: it works."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"results": {"launches": True, "core": True}, "text": "On two phones"}]
        }
    )

    results: Annotated[dict[Key, bool], Field(min_length=1, max_length=60)]
    text: Words = ""
    at: Moment | None = None


@router.post("/incidents/{ref}/try_smoke", auth=Bearer(Scope.INCIDENTS, Scope.HOTFIXES), response=Watches)
def try_smoke(request: HttpRequest, ref: str, body: SmokeTried) -> dict[str, Any]:
    """How they went, says the token's person, of what was brought out last. Answers the watches."""
    incident, user = incident_of(request, ref, "try_smoke"), person_of(request)

    def do() -> str:
        return str(smoke.tick(incident, by=user, **body.facts()).seq)

    once_by_token(request, f"try_smoke:{incident.ref}", body.model_dump(mode="json", exclude_unset=True), do)
    found = shown.of_incident(incident_of(request, ref), moment.now(), most=20)
    return {"items": [watch_shape(one) for one in found], "next": None}
