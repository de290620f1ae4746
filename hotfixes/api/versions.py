"""Which versions a hotfix is about, corrected by script."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from django.http import HttpRequest
from pydantic import Field

from accounts.bearer import person_of
from foundation.shapes import Body, Plain
from hotfixes.api.hotfixes import ACTED_WITH, act, acted_on, like, router, shape
from hotfixes.api.shapes import HotfixShape
from hotfixes.lifecycle import changing


class Versions(Body):
    """`old`: the version it mends. `version`: the one it brings; left out, `old` counted up by the policy."""

    model_config = like({"old": "1.2.0"})

    old: Annotated[str, Field(min_length=1, max_length=80), Plain]
    version: Annotated[str, Field(max_length=80), Plain] = ""


@router.post("/hotfixes/{ref}/versions", auth=ACTED_WITH, response=HotfixShape)
def change_versions(request: HttpRequest, ref: str, body: Versions) -> dict[str, Any]:
    """It mends and brings other versions than was thought when it began. 422 once it is tagged or deployed."""
    hotfix = acted_on(request, ref, "", "change_versions")
    do = partial(changing.change_versions, hotfix, by=person_of(request), **body.facts())
    act(request, f"versions:{hotfix.ref}", body, do)
    return shape(request, ref)
