"""What is wrong, as scripts read it: problem details (RFC 9457), the same shape for every refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse, JsonResponse

CONTENT_TYPE = "application/problem+json"
# Addresses that scripts and machines ask: every refusal there is problem details.
FOR_MACHINES = ("/api/", "/in/")


def document(
    status: int, detail: str = "", errors: Sequence[Mapping[str, str]] = (), **more: Any
) -> dict[str, Any]:
    """`{type, title, status, detail, errors[{field, message}]}`; `more` are members of this problem alone."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail or title,
            "errors": [dict(error) for error in errors], **more}  # fmt: skip


def problem(
    status: int, detail: str = "", errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None, **more: Any,
) -> HttpResponse:  # fmt: skip
    """The document as an answer."""
    body = document(status, detail, errors, **more)
    answer = JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))
    # Some are made outside the middleware that says it.
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer


class InOwnWords(JsonResponse):
    """A refusal as the clients of another API know it, at an address that speaks that API: left as it is."""


def errors_of(error: ValidationError) -> list[dict[str, str]]:
    """A refusal of a verb or a form as `[{field, message}]`; `field` is "" for what concerns the whole."""
    told = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return [
        {"field": "" if field == NON_FIELD_ERRORS else field, "message": message}
        for field, found in told.items()
        for one in found
        for message in one.messages
    ]
