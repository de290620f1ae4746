"""What the API's bodies are made of: text that people may type, moments with a zone, pages of a list.

Strict: a number is no text and 1 is not true; what nobody asked for is refused, so that a typing error is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from foundation.paging import Page, page
from foundation.text import plain_text
from foundation.written import address as address
from foundation.written import utc as utc
from foundation.written import utc_or_none as utc_or_none

_SPACE_FOR_T = re.compile(r"\A(\d{4}-\d\d-\d\d) (?=\d\d:)")
_SPACE_BEFORE_ZONE = re.compile(r"(?<=\d) (\d\d:?\d\d)\Z")
_LEAP = re.compile(r":59:60([.,:\dZ+-]+)\Z")
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Body(Schema):
    """What a script sends."""

    model_config = ConfigDict(strict=True, extra="forbid")

    def facts(self) -> dict[str, Any]:
        """What was given, without what was left out."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _plain(text: str) -> str:
    try:
        plain_text(text)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None
    return text.strip()


def _filled(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _one_line(text: str) -> str:
    if any(character in text for character in "\r\n\t"):
        raise ValueError("must be one line")
    return text


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("must be a text such as 2026-11-21T02:14:00Z")
    try:
        moment = _written(value)
    except (ValueError, OverflowError):
        raise ValueError("must be a moment with its zone, such as 2026-11-21T02:14:00Z") from None
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("must lie between 1990 and 2200")
    return moment


def _written(value: str) -> datetime:
    """RFC 3339 as programs write it (§5.6): t and z may be small, a space may stand for T (`date --rfc-3339`, Python).
    In an address that nobody encoded the + before the zone is a space. A leap second (§5.7) is the second after it.
    """
    text = _SPACE_BEFORE_ZONE.sub(r"+\1", _SPACE_FOR_T.sub(r"\1T", value.upper()))
    plain = _LEAP.sub(r":59:59\1", text)
    moment = datetime.fromisoformat(plain)
    if moment.tzinfo is None or "T" not in text:
        raise ValueError
    return moment.astimezone(UTC) + timedelta(seconds=plain != text)


Plain = AfterValidator(_plain)
OneLine = AfterValidator(_one_line)
Filled = AfterValidator(_filled)
Line = Annotated[str, Field(max_length=200), Plain, OneLine]
Title = Annotated[str, Field(min_length=1, max_length=200), Plain, AfterValidator(_filled), OneLine]
Words = Annotated[str, Field(max_length=4000), Plain]
Reason = Annotated[str, Field(min_length=1, max_length=1000), Plain, AfterValidator(_filled)]
Key = Annotated[str, Field(min_length=1, max_length=80), Plain, Filled]
Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]


Utc = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Text = Annotated[str, Field(max_length=200), Plain]


def comma_list(text: str, name: str, known: Collection[str]) -> list[str]:
    """The words of a filter. ValidationError on `name` where one is unknown or there is none: a list that is empty by a
    typing error would be read as "nothing there".
    """
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    if not words or set(words) - set(known):
        raise ValidationError({name: _("These are known: %(known)s.") % {"known": ", ".join(known)}})
    return words


class Paging(Schema):
    """`cursor` is the `next` of the page before."""

    cursor: Annotated[str, Field(max_length=2000, description="The `next` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=200, description="How many on a page.")] = 50

    def page[T: Model](self, rows: QuerySet[T], *order: str) -> Page[T]:
        return page(rows, order=order, after=self.cursor, size=self.limit)


class Listed[T](Schema):
    """A list: `next` is the cursor of the next page, null on the last one."""

    items: list[T]
    next: str | None


def listed[T: Model](found: Page[T], shape: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    return {"items": [shape(row) for row in found.items], "next": found.next}


PROBLEM: JsonDict = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": "Staff Mobile has these severities: CRITICAL, HIGH, MEDIUM.",
    "errors": [
        {"field": "severity", "message": "Staff Mobile has these severities: CRITICAL, HIGH, MEDIUM."}
    ],
}


class ErrorShape(Schema):
    field: str
    message: str


class Problem(Schema):
    """RFC 9457. `field` of an error is a path such as `expect.status.0`, empty for the whole."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [PROBLEM]})

    type: str
    title: str
    status: int
    detail: str
    errors: list[ErrorShape]
