"""The API described as OpenAPI: what ninja says of each operation, with its scopes, refusals and resend key."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from accounts.bearer import Bearer
from foundation.problems import CONTENT_TYPE
from foundation.shapes import Problem

TAGS = {
    "incidents": "What is broken: declare, read, and the verbs of the page's buttons.",
    "postmortems": "The report of an incident: evidence, answers, action items, the meeting, the review.",
    "insights": "What many incidents tell together: how long things took, which clocks were kept.",
    "decisions": "Hotfix or rollback: what was chosen, by whom, on which facts.",
    "hotfixes": "How a hotfix stands: its checks, each with what shows it.",
    "deployments": "What a deploy script says: began, went well, failed or was rolled back.",
    "evidence": "What CI shows of a hotfix: tests, smoke tests, artifacts; as JSON or as a JUnit file.",
    "rollbacks": "How going back stands: its steps, what it undoes, whether the version before runs again.",
    "watch": "How the watch after a deployment goes, and what was counted meanwhile.",
    "audits": "What a repository's last production tags kept of a process.",
    "monitors": "What is watched, and how it is.",
    "alerts": "What other tools tell, and the sources through which they do.",
    "maintenance": "Time in which a product may fail without anybody being woken.",
    "channels": "Ways to a team's room and to one's own phone. Where they lead is write-only.",
    "deliveries": "What was told, and what did not arrive.",
    "products": "What we run, where, and who is told about it.",
    "processes": "How we work: severities, response times, clocks, roles.",
    "tokens": "Keys with which scripts act for oneself.",
    "people": "Who is here, in which team, as what.",
}
# What any operation may answer besides what it names itself.
PROBLEMS = {
    401: "No token, or one that does not work.",
    403: "The token or its person may not do that; the sentence names the scope that is missing.",
    404: "Not there, or not yours.",
    422: "Something given cannot be; `errors` names the fields.",
    429: "Too often; see Retry-After.",
    503: "Not at this moment; see Retry-After.",
}
WITH_BODY = {400: "The body is not JSON.", 413: "The body is too large.", 415: "The body is not called JSON."}
TOO_LATE = {409: "Too late: somebody was faster. `incident` is the present state."}
IN_PATH = {
    "ref": "Such as INC-42, in any case.",
    "slug": "The word in the address of its page.",
    "key": "Such as krow.",
    "environment": "Its slug, such as production.",
    "position": "Its place in the list, from 1.",
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key and body within 24 h does nothing again and answers 200; another body is 422.",
    "example": "deploy-812",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


class Description(OpenAPISchema):
    """Ninja's, and what all operations share."""

    def __init__(self, api: Any, path_prefix: str) -> None:
        super().__init__(api, path_prefix)
        model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        self["components"]["schemas"] |= {**model.pop("$defs"), "Problem": model}
        self["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
        self["servers"] = [{"url": settings.NIGHTDESK_URL}]

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        told: dict[str, Any] = super().operation_details(operation)
        scopes = [str(scope) for each in operation.auth_callbacks for scope in _scopes(each)]
        told["description"] = f"{told['description']}\n\nScope: {' or '.join(scopes)}."
        told["summary"] = told["summary"].capitalize()
        told["responses"] |= {status: _refusal(words) for status, words in _refusals(operation, told).items()}
        for each in told["parameters"]:
            if each["in"] == "path":
                each.setdefault("description", IN_PATH.get(each["name"], "Its number."))
        if operation.methods == ["POST"] and _replays(told):
            told["parameters"].append(KEY)
        return told


def _replays(told: dict[str, Any]) -> bool:
    """Documents and memberships are the same after a resend anyway, and what is simulated is not kept."""
    content = told.get("requestBody", {}).get("content", {})
    return "application/json" in content and told["operationId"] not in ("put_in_team", "simulate_process")


def _scopes(auth: Any) -> tuple[Any, ...]:
    return auth.scopes if isinstance(auth, Bearer) else ()


def _refusals(operation: Operation, told: dict[str, Any]) -> dict[int, str]:
    found = dict(PROBLEMS)
    if "requestBody" in told:
        found |= WITH_BODY
    acts = operation.path.startswith(("/incidents/{ref}/", "/hotfixes/{ref}/", "/rollbacks/{ref}/"))
    if acts and operation.methods in (["POST"], ["PATCH"]):
        found |= TOO_LATE
    return dict(sorted(found.items()))


def _refusal(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
