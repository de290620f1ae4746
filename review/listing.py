"""The reports that somebody may read, as the list asks for them: what waits, what is written, what is done, mine."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from foundation.paging import Page, page
from incidents.models import Incident
from incidents.models.incident import IncidentQuerySet
from review.due import due_clocks
from review.models import ActionItem, ActionState, Answer
from review.refusals import OVER

SHOWS = ("", "due", "in_progress", "reviewed", "mine", "actions")


def reports(user: User) -> IncidentQuerySet:
    """Of what is over, and of what somebody has begun to write about."""
    rows = Incident.objects.visible_to(user)
    return rows.filter(Q(status__in=OVER) | Q(postmortem__isnull=False))


def matching(rows: IncidentQuerySet, words: str) -> IncidentQuerySet:
    """With every word of it in title, ref, product or what people answered."""
    for word in words.split()[:10]:
        said = Answer.objects.filter(postmortem__incident=OuterRef("pk"), text__icontains=word)
        newer = Answer.objects.filter(
            postmortem=OuterRef("postmortem"), key=OuterRef("key"), number__gt=OuterRef("number")
        )
        number = word.upper().removeprefix("INC-")
        named = Q(number=int(number)) if number.isdecimal() and len(number) < 19 else Q()
        named = named if word.upper().startswith("INC-") else Q(pk=None)
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(product__name__icontains=word)
            | named
            | Exists(said.filter(~Exists(newer)))
        )
    return rows


def shown(rows: IncidentQuerySet, show: str, user: User) -> IncidentQuerySet:
    """Those of `show`; "due" is paged by its clocks (review/due.py)."""
    if show == "reviewed":
        return rows.filter(postmortem__state="reviewed")
    if show == "in_progress":
        return rows.filter(postmortem__state="in_progress")
    if show == "mine":
        wrote = Answer.objects.filter(postmortem__incident=OuterRef("pk"), by=user)
        owns = ActionItem.objects.filter(postmortem__incident=OuterRef("pk"), owner=user)
        open_ones = owns.filter(state=ActionState.OPEN)
        return rows.filter(Q(lead=user) | Exists(wrote) | Exists(open_ones) | Q(postmortem__reviewed_by=user))
    return rows


def page_of(rows: IncidentQuerySet, show: str, user: User, after: str, size: int) -> Page[Incident]:
    """One page of them: what is due by its clock, the others the newest first."""
    if show != "due":
        order = ("-declared_at", "-pk")
        return page(shown(rows, show, user).for_page(), order=order, after=after, size=size)
    clocks = page(due_clocks(rows), order=("due_at", "pk"), after=after, size=size)
    known = Incident.objects.for_page().in_bulk([clock.incident_id for clock in clocks.items])
    return Page([known[clock.incident_id] for clock in clocks.items], clocks.next)


def counts(user: User) -> dict[str, int]:
    """How many of each; drills and what was entered afterwards are listed, never counted."""
    mine = reports(user).real()
    return {
        "due": due_clocks(mine).count(),
        "in_progress": shown(mine, "in_progress", user).count(),
        "actions": open_actions(user).filter(postmortem__incident__mode="live").count(),
    }


def open_actions(user: User) -> QuerySet[ActionItem]:
    """What is still to be done, wherever this person may read it: for paging by ("due", "pk")."""
    rows = ActionItem.objects.filter(
        state=ActionState.OPEN, postmortem__incident__in=Incident.objects.visible_to(user)
    )
    return rows.select_related("owner", "postmortem__incident__product", "postmortem__incident__severity")
