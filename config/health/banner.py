"""What every page of a signed-in person says when Nightdesk itself does not do its work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.health.parts import Part
from config.health.reader import reader


def alarms(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `health_alarms` (Parts), looked up only by pages that show it."""
    return {"health_alarms": SimpleLazyObject(loud)}


def loud() -> list[Part]:
    return reader.report().alarms
