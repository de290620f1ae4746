"""What upper apps and larger parts of this one show on the incident page, unknown to the page.

Each registers a panel in its AppConfig.ready(). The page and its refetched regions render those that apply, in order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from accounts.access import signed_in
from accounts.models import User
from incidents.models import Incident

# The order of the page; what is shown after "next".
TRIAGE, DECISION, STEPS, CHECKLIST, RULER, PEOPLE = 10, 20, 30, 40, 50, 60


@dataclass(frozen=True)
class Panel:
    """`render` answers safe HTML, empty for nothing; `segment` is the part of the page it belongs to on a phone.

    The page puts it into `<section id="panel-{key}">`, which it fetches again whenever the incident changes: below
    the next action, as a `band` across the page above everything, or below that in one of two columns: among the
    `aside`s, or `beside` them, above what is known.
    """

    key: str
    order: int
    applies: Callable[[Incident, User], bool]
    render: Callable[[HttpRequest, Incident], str]
    segment: Literal["steps", "people"] = "steps"
    place: Literal["band", "main", "aside", "beside"] = "main"


@dataclass(frozen=True)
class Shown:
    key: str
    segment: str
    place: str
    html: SafeString


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    """Puts `panel` on every incident's page. A second one of that key stops the start."""
    if _panels.get(panel.key, panel) != panel:
        raise ImproperlyConfigured(f"two panels called {panel.key}")
    _panels[panel.key] = panel


def named(key: str) -> Panel:
    """The panel of that key, for who shows it elsewhere."""
    return _panels[key]


def shown(request: HttpRequest, incident: Incident) -> list[Shown]:
    """The panels of `incident` for whoever asks, in order."""
    user = signed_in(request)
    found = [
        Shown(panel.key, panel.segment, panel.place, mark_safe(panel.render(request, incident)))  # noqa: S308 - templates of ours
        for panel in sorted(_panels.values(), key=lambda panel: (panel.order, panel.key))
        if panel.applies(incident, user)
    ]
    return [panel for panel in found if panel.html.strip()]
