"""What tests of the set-up send: each page as a browser would, with what is filled in."""

from typing import Any

from django.forms import Form
from django.test import Client

PLACES, PEOPLE, MONITORS = (
    f"/products/staff-mobile/setup/{step}/" for step in ("places", "people", "monitors")
)
WEBHOOK = "https://hooks.example.test/services/room"


def sent(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send of the page as it came: every field with what is filled in."""
    page = client.get(address)
    found: dict[str, Any] = {}
    for form in page.context["forms"]:
        rows = [row for row in getattr(form, "rows", []) if isinstance(row, Form)]
        for bound in [*form, *(field for row in rows for field in row)]:
            found[bound.html_name] = bound.value() if bound.value() is not None else ""
    return {name: value for name, value in found.items() if value is not False}
