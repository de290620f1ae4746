"""What fired already and is called another severity by its source now."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from monitoring.models import AlertChange, AlertState


def raised(rows: QuerySet[AlertChange]) -> set[int]:
    """Those of `rows`, by their primary key, that come after one that fires and are no repetition of it."""
    earlier = AlertChange.objects.filter(alert=OuterRef("alert"), pk__lt=OuterRef("pk")).order_by("-pk")
    found = rows.filter(state=AlertState.FIRING, again=False)
    found = found.annotate(before=Subquery(earlier.values("state")[:1])).filter(before=AlertState.FIRING)
    return set(found.values_list("pk", flat=True))
