"""/api/v1/docs: the description as a page for people. Plain HTML of ours, so that nothing comes from elsewhere."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from foundation.written import address


@dataclass(frozen=True)
class Field:
    """One parameter or member of a body. `kind` is its type in a few words."""

    name: str
    kind: str
    needed: bool
    words: str = ""


@dataclass(frozen=True)
class Entry:
    """One operation as the page shows it."""

    method: str
    path: str
    summary: str
    words: str
    asked: list[Field]
    curl: str
    answers: str


@dataclass(frozen=True)
class Part:
    name: str
    words: str
    entries: list[Entry] = field(default_factory=list)


@csrf_exempt
@require_safe
@login_not_required
def api_page(request: HttpRequest) -> HttpResponse:
    """Open to everybody, as the description is: it says what there is, not what is in it."""
    return render(request, "api.html", {"parts": _described(), "base": address("/api/v1")})


@cache
def _described() -> list[Part]:
    """The same for everybody, as long as this process lives."""
    from config.api.api import api  # with the first who asks: see config/urls.py

    return parts(api.get_openapi_schema())


def parts(schema: dict[str, Any]) -> list[Part]:
    """The operations by tag, in the order of the description."""
    found = {tag["name"]: Part(tag["name"], tag["description"]) for tag in schema["tags"]}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            entry = _entry(schema, method.upper(), path.removeprefix("/api/v1"), operation)
            found[operation["tags"][0]].entries.append(entry)
    return list(found.values())


def _entry(schema: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Entry:
    body = _body(schema, operation)
    asked = [
        Field(each["name"], _kind(each["schema"]), each["required"], each.get("description", ""))
        for each in operation["parameters"]
        if each["in"] == "query"
    ]
    return Entry(
        method=method,
        path=path,
        summary=operation["summary"],
        words="\n\n".join(text for text in (operation["description"], body.get("description", "")) if text),
        asked=asked + _members(body),
        curl=_curl(method, path, body),
        answers=", ".join(str(status) for status in sorted(operation["responses"], key=int)),
    )


def _body(schema: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return _resolved(schema, content["schema"]) if content else {}


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    part = next((one for one in part.get("anyOf", []) if "$ref" in one), part)
    name = part.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schema["components"]["schemas"][name] if name else part
    return found


def _members(body: dict[str, Any]) -> list[Field]:
    needed = body.get("required", [])
    return [Field(name, _kind(one), name in needed) for name, one in body.get("properties", {}).items()]


def _kind(one: dict[str, Any]) -> str:
    if "anyOf" in one:
        return " | ".join(_kind(part) for part in one["anyOf"])
    if "enum" in one:
        return " | ".join(str(word) for word in one["enum"])
    if "$ref" in one:
        return str(one["$ref"]).rpartition("/")[2]
    kind = str(one.get("format") or one.get("const") or one.get("type") or "any")
    return f"[{_kind(one['items'])}]" if kind == "array" else kind


def _curl(method: str, path: str, body: dict[str, Any]) -> str:
    """A line to copy; `…` stands for one's own things."""
    shown = re.sub(r"{(\w+)}", r"…", path)
    line = f'curl -H "Authorization: Bearer $TOKEN" "$API{shown}"'
    examples = body.get("examples")
    if examples:
        line += f" -d {shlex.quote(json.dumps(examples[0]))}"
    default = "POST" if examples else "GET"
    return line if method == default else line.replace("curl ", f"curl -X {method} ", 1)
