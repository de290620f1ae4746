"""Changing what a hotfix may do while it is under way: only how it is merged, with the reason (C1)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from hotfixes.lifecycle.ending import Ended
from hotfixes.models import Hotfix
from hotfixes.observing import asking
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import Incident
from incidents.work.checklist import check_reason
from incidents.work.report import REPORTED_IN
from products.vocabulary import EventKind

CHANGE = Step(EventKind.CHECK_CHANGED, REPORTED_IN)
MERGES = ("ff-only", "merge", "forward-port", "any")


def change_merge(hotfix: Hotfix, merge: str, *, by: User, reason: str, at: datetime | None = None) -> Hotfix:
    """This hotfix alone is merged otherwise than its process says; the policy of the product stays. `forward-port`:
    the tag is made on the branch, and the fix is brought to main afterwards. Raises Ended, TooLate, ValidationError.
    """
    check_reason(reason)
    if merge not in MERGES:
        raise ValidationError({"merge": _("Choose one of these: %(all)s.") % {"all": ", ".join(MERGES)}})
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=hotfix.incident_id)
        hotfix.refresh_from_db(fields=["status", "policy"])
        if not hotfix.is_open:
            raise Ended(incident, hotfix)
        was = hotfix.rules.merge
        if was == merge:
            raise ValidationError({"merge": _("It is merged that way already: %s.") % merge})
        perform(
            incident, CHANGE, by=by, at=at, text=reason.strip(), hotfix=hotfix.ref, merge={"was": was, "now": merge}
        )  # fmt: skip
        hotfix.policy = {**hotfix.policy, "merge": merge}
        if merge == "forward-port" and hotfix.policy.get("tag_on") == "main":
            hotfix.policy["tag_on"] = "branch"
        hotfix.save(update_fields=["policy"])
        asking.ask(hotfix)
    return hotfix
