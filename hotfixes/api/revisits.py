"""Looking again at a decision that stands: in 15 minutes, or done and it stays."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import ConfigDict

from accounts.bearer import person_of
from accounts.replay import once_by_token
from foundation.shapes import Body
from hotfixes.api.decisions import ACTED_WITH, DecisionShape, decision_shape, router
from hotfixes.decision import revisiting
from hotfixes.decision.decide import standing
from incidents.api.reading import incident_of


class Revisiting(Body):
    """`stands`: it was looked at again and stays. Else whoever decided is told in 15 minutes to look again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"stands": True}]})

    stands: bool = False


@router.post("/incidents/{ref}/decision/revisit", auth=ACTED_WITH, response=DecisionShape)
def revisit_decision(request: HttpRequest, ref: str, body: Revisiting) -> dict[str, Any]:
    """Tell me again in 15 minutes, or: looked at, it stays so. Answers the decision that stands."""
    incident, user = incident_of(request, ref, "ask_question"), person_of(request)

    def do() -> str:
        made = standing(incident)
        if made is None:
            raise ValidationError(_("Nothing is decided yet."))
        act = revisiting.stands if body.stands else revisiting.revisit
        act(made, by=user)
        return str(made.number)

    number, _fresh = once_by_token(request, f"revisit:{incident.ref}", body.model_dump(mode="json"), do)
    found = incident.decisions.with_words().get(number=int(number))
    found.incident = incident
    return decision_shape(found)
