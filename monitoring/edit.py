"""Changing a monitor. What was seen of another address says nothing about the new one, so it becomes unknown first."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from monitoring import announce
from monitoring.add import growing
from monitoring.blind import blind
from monitoring.models import Monitor

WHAT_IS_WATCHED = frozenset({"target", "expect", "mapping"})
EDITABLE = WHAT_IS_WATCHED | {
    "name", "product", "interval_s", "retry_s", "fail_after", "recover_after", "opens_incident", "severity",
}  # fmt: skip


def edit(monitor: Monitor, *, by: User, **facts: Any) -> list[str]:
    """Sets the fields that differ; returns their names. The monitor is due at once, a look under way is void.

    Raises ValidationError for facts that cannot be, TypeError for a field that is not one of EDITABLE.
    """
    if unknown := facts.keys() - EDITABLE:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        held = Monitor.objects.select_for_update(of=("self",)).select_related("product").get(pk=monitor.pk)
        if "expect" in facts:
            facts["expect"] = growing(held.kind, facts["expect"])
        changed = sorted(name for name, value in facts.items() if getattr(held, name) != value)
        if not changed:
            return []
        teams = {held.product.team_id}
        for name in changed:
            setattr(held, name, facts[name])
        held.full_clean()
        held.due_at, held.lease_token = moment.now(), None
        held.save(update_fields=[*changed, "due_at", "lease_token"])
        if WHAT_IS_WATCHED & set(changed):
            blind(
                held,
                at=held.due_at,
                code="edited",
                detail=_("Changed by %(who)s; not looked at since") % {"who": by},
            )
        announce.wake()
        announce.refresh(teams | {held.product.team_id})
    monitor.refresh_from_db()
    return changed
