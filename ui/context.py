"""What every page knows: where one can go, what the server's clock says."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ui.htmx import by_htmx

# Areas in the order of the day; one that is not built yet has no address and is left out.
AREAS: tuple[tuple[str, Promise], ...] = (
    ("/", _("Now")),
    ("/incidents/", _("Incidents")),
    ("/decisions/", _("Decide")),
    ("/monitoring/", _("Monitoring")),
    ("/postmortems/", _("Review")),
    ("/settings/", _("Settings")),
)
# Pages that belong to an area without lying under its address.
WITHIN = {
    "/hotfixes/": "/incidents/",
    "/alerts/": "/monitoring/",
    "/maintenance/": "/monitoring/",
    "/products/": "/settings/",
    "/processes/": "/settings/",
    "/accounts/": "/settings/",
    "/audit/": "/settings/",
    "/insights/": "/postmortems/",
}


@dataclass(frozen=True)
class Item:
    """A word of the main navigation. `current` is what aria-current says: "page", "true" below it, or ""."""

    href: str
    label: str
    current: str


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `nav` (Items), `server_now` (aware), `by_htmx` (whether a part of a page is wanted)."""
    return {
        "nav": [
            Item(href, str(label), _current(href, request.path)) for href, label in AREAS if _exists(href)
        ],
        "server_now": server_now(),
        "by_htmx": by_htmx(request),
    }


def server_now() -> datetime:
    """The moment a page is rendered, by the web process: for showing only, never for a decision."""
    return timezone.now()


def _current(href: str, path: str) -> str:
    area = next((home for prefix, home in WITHIN.items() if path.startswith(prefix)), None)
    if "/postmortem/" in path:  # a report lies under its incident and belongs to the reviews
        area, path = "/postmortems/", ""
    if path == href:
        return "page"
    return "true" if href != "/" and (area == href or path.startswith(href)) else ""


@cache
def _exists(href: str) -> bool:
    try:
        resolve(href)
    except Resolver404:
        return False
    return True
