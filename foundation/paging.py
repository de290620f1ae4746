"""Cursor paging: stable while rows are added, the same cost on page 1 and page 1,000."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, IntegerField, Model, Q, QuerySet
from django.utils.timezone import is_aware

LONGEST = 2000  # characters of a cursor


class BadCursor(ValueError):
    """The cursor is not one that this list gave out."""


@dataclass(frozen=True)
class Page[T: Model]:
    items: list[T]
    next: str | None


def page[T: Model](
    queryset: QuerySet[T], *, order: Sequence[str], after: str = "", size: int = 50
) -> Page[T]:
    """One page of `queryset` in `order` (field names, "-" for descending; together unique) behind the cursor `after`.

    Raises BadCursor for a cursor that does not decode to one value per field of `order` that the field can hold.
    """
    rows = queryset.order_by(*order)
    if after:
        rows = rows.filter(_beyond(order, _decode(after, queryset.model, order)))
    items = list(rows[: size + 1])
    more = len(items) > size
    items = items[:size]
    return Page(items, _encode(items[-1], queryset.model, order) if more else None)


def _beyond(order: Sequence[str], values: list[Any]) -> Q:
    beyond, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.removeprefix("-")
        beyond |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return beyond


def mark(model: type[Model], order: Sequence[str]) -> str:
    """Of which list in which order a cursor is: one of another list would pass over rows in silence."""
    return hashlib.sha256(f"{model._meta.label} {' '.join(order)}".encode()).hexdigest()[:8]


def _encode(row: Model, model: type[Model], order: Sequence[str]) -> str:
    values = [getattr(row, name.removeprefix("-")) for name in order]
    text = json.dumps(
        [mark(model, order), *(v.isoformat() if hasattr(v, "isoformat") else v for v in values)]
    )
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    name = name.removeprefix("-")
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


def _decode(cursor: str, model: type[Model], order: Sequence[str]) -> list[Any]:
    fields = [_field(model, name) for name in order]
    try:
        if len(cursor) > LONGEST:
            raise BadCursor(cursor[:LONGEST])
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(fields) + 1:
            raise BadCursor(cursor)
        if values.pop(0) != mark(model, order):
            raise BadCursor(cursor)
        return [_value(field, value) for field, value in zip(fields, values, strict=True)]
    except (ValueError, TypeError, RecursionError, OverflowError, ValidationError) as error:
        raise BadCursor(cursor) from error


def _value(field: "Field[Any, Any]", value: Any) -> Any:
    """As the database can compare it: of the field's own type, an integer within its range, no NUL."""
    if type(value) not in (str, int):
        raise BadCursor(str(value))
    found = field.to_python(value)
    if isinstance(field, IntegerField):
        field.run_validators(found)
    if isinstance(found, datetime) and not is_aware(found):
        raise BadCursor(str(value))
    if isinstance(found, str) and b"\0" in found.encode():  # half of a surrogate pair is a ValueError here
        raise BadCursor(value)
    return found
