"""What was decided, how it turned out, and what is still to be done because of it."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from hotfixes.models import Choice, Decision, Hotfix, Rollback
from incidents.models.incident import IncidentQuerySet
from review.models import ActionItem, ActionState


def decisions(incidents: IncidentQuerySet) -> list[dict[str, Any]]:
    """Of each choice: how many, how many a later one replaced, and after how many the incident was opened again."""
    mine = Decision.objects.filter(incident__in=incidents).order_by()
    again = _by_choice(mine.filter(Decision.objects.opened_again()))
    all_of_them = _by_choice(mine)
    replaced = _by_choice(mine.filter(superseded_at__isnull=False))
    return [
        {
            "choice": str(choice),
            "label": str(choice.label),
            "n": all_of_them.get(choice, 0),
            "replaced": replaced.get(choice, 0),
            "reopened": again.get(choice, 0),
        }
        for choice in Choice
    ]


def _by_choice(rows: QuerySet[Decision]) -> dict[str, int]:
    return dict(rows.values_list("choice").annotate(Count("pk")))


def remedies(incidents: IncidentQuerySet) -> dict[str, dict[str, int]]:
    """How hotfixes and rollbacks stand now. A hotfix that was taken back is not among the released."""
    mine = Q(incident__in=incidents)
    back = Q(taken_back_at__isnull=False)
    hotfixes = Hotfix.objects.filter(mine).aggregate(
        n=Count("pk"),
        open=Count("pk", filter=Q(status=Hotfix.Status.OPEN) & ~back),
        released=Count("pk", filter=Q(status=Hotfix.Status.RELEASED) & ~back),
        abandoned=Count("pk", filter=Q(status=Hotfix.Status.ABANDONED) & ~back),
        taken_back=Count("pk", filter=back),
    )
    rollbacks = Rollback.objects.filter(mine).aggregate(
        n=Count("pk"),
        **{status: Count("pk", filter=Q(status=status)) for status in Rollback.Status.values},
    )
    return {"hotfixes": hotfixes, "rollbacks": rollbacks}


def actions(incidents: IncidentQuerySet, today: date) -> dict[str, int]:
    """Of reports of these incidents. What is overdue is open, too."""
    mine = ActionItem.objects.filter(postmortem__incident__in=incidents)
    return mine.aggregate(
        n=Count("pk"),
        **{state: Count("pk", filter=Q(state=state)) for state in ActionState.values},
        overdue=Count("pk", filter=Q(state=ActionState.OPEN, due__lt=today)),
    )
