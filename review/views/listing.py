"""Review: reports that wait, that are written, that are done; and what is still to be done because of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import signed_in, teams_of
from accounts.models import User
from foundation import moment
from foundation.paging import BadCursor, page
from foundation.text import asked
from incidents.models import Incident
from incidents.models.incident import IncidentQuerySet
from live import bus
from review import listing
from review.due import Standing, standings
from review.models import ActionItem

SIZE = 30
TABS = (
    ("", _("All")), ("due", _("Due")), ("in_progress", _("In progress")), ("reviewed", _("Reviewed")),
    ("mine", _("Mine")), ("actions", _("Action items")),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    incident: Incident
    standing: Standing


@require_safe
def postmortems(request: HttpRequest) -> HttpResponse:
    user, cursor = signed_in(request), bus.cursor()
    show, words = asked(request, "show"), asked(request, "q")
    show = show if show in listing.SHOWS else ""
    now = moment.now()
    mine = listing.reports(user)
    try:
        rows, actions, following = _found(request, user, show, listing.matching(mine, words), words, now)
    except BadCursor:
        return redirect("postmortems")
    context: dict[str, Any] = {
        "rows": rows, "actions": actions, "next": following, "show": show, "words": words,
        "tabs": TABS, "counts": listing.counts(user), "any": bool(rows or actions) or mine.exists(),
        "due_first": _due_first(show, words, request, mine, now), "today": now.date(), "zone": user.time_zone,
        "live_topics": [f"user:{user.pk}", *(f"board:{team.pk}" for team in teams_of(user))],
        "live_cursor": cursor,
    }  # fmt: skip
    return render(request, "review/postmortems.html", context)


def _found(
    request: HttpRequest, user: User, show: str, rows: IncidentQuerySet, words: str, now: datetime
) -> tuple[list[Row], list[ActionItem], str | None]:
    after = request.GET.get("after", "")
    if show == "actions":
        todo = listing.open_actions(user)
        for word in words.split()[:10]:
            todo = todo.filter(text__icontains=word)
        items = page(todo, order=("due", "pk"), after=after, size=SIZE)
        return [], items.items, items.next
    found = listing.page_of(rows, show, user, after, SIZE)
    return _rows(found.items, now), [], found.next


def _due_first(
    show: str, words: str, request: HttpRequest, mine: IncidentQuerySet, now: datetime
) -> list[Row]:
    """On the first page of everything: what is due, the next first."""
    if show or words or request.GET.get("after"):
        return []
    return _rows(listing.page_of(mine, "due", signed_in(request), "", 5).items, now)


def _rows(incidents: list[Incident], now: datetime) -> list[Row]:
    known = standings(incidents, now)
    return [Row(one, known[one.pk]) for one in incidents]
