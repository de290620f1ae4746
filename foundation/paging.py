"""Cursor paging: stable while rows are added, the same cost on page 1 and page 1,000."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet


class BadCursor(ValueError):
    """The cursor is not one that we gave out."""


@dataclass(frozen=True)
class Page[T: Model]:
    items: list[T]
    next: str | None


def page[T: Model](
    queryset: QuerySet[T], *, order: Sequence[str], after: str = "", size: int = 50
) -> Page[T]:
    """One page of `queryset` in `order` (field names, "-" for descending; together unique) behind the cursor `after`.

    Raises BadCursor for a cursor that does not decode to one value per field of `order`.
    """
    rows = queryset.order_by(*order)
    if after:
        rows = rows.filter(_beyond(order, _decode(after, len(order))))
    items = list(rows[: size + 1])
    more = len(items) > size
    items = items[:size]
    return Page(items, _encode(items[-1], order) if more else None)


def _beyond(order: Sequence[str], values: list[Any]) -> Q:
    beyond, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.removeprefix("-")
        beyond |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return beyond


def _encode(row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, name.removeprefix("-")) for name in order]
    text = json.dumps([v.isoformat() if hasattr(v, "isoformat") else v for v in values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        raise BadCursor(cursor) from error
    if (
        not isinstance(values, list)
        or len(values) != length
        or not all(_sound(v) for v in values)
    ):
        raise BadCursor(cursor)
    return values


def _sound(value: Any) -> bool:
    """A value that the database can be asked for at all."""
    if not isinstance(value, str):
        return isinstance(value, int)
    return "\x00" not in value and value.isprintable()
