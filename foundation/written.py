"""Moments and addresses as scripts read them, in bodies, facts and lines to copy. (`shapes.py` is the API's alone.)"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings


def utc(moment: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def utc_or_none(moment: datetime | None) -> str | None:
    return utc(moment) if moment else None


def address(path: str) -> str:
    """The public address of a page."""
    return f"{settings.NIGHTDESK_URL}{path}"
