"""Changing a hotfix while it is under way: how it is merged, with the reason (C1), and which versions it is about."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from hotfixes.judging.telling import events_of
from hotfixes.lifecycle import counting
from hotfixes.lifecycle.ending import Ended
from hotfixes.models import Hotfix
from hotfixes.naming import named
from hotfixes.observing import asking
from hotfixes.standing.stage import is_named, stage_of
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import Incident
from incidents.work.checklist import check_reason
from incidents.work.report import REPORTED_IN
from products.versions import bare, check_version
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


def change_versions(
    hotfix: Hotfix, *, old: str, by: User, version: str = "", at: datetime | None = None
) -> Hotfix:
    """It mends `old` and brings `version` ("": counted up): somebody corrected what is in production. Its names follow,
    but a branch that is there keeps its own. Raises Ended, TooLate, ValidationError by field, also once it is tagged.
    """
    old, given = bare(check_version(old, "old")), bare(check_version(version, "version"))
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=hotfix.incident_id)
        hotfix.refresh_from_db(
            fields=["status", "policy", "old_version", "new_version", "branch", "base_tag"]
        )
        if not hotfix.is_open:
            raise Ended(incident, hotfix)
        stage = stage_of(hotfix, events_of(incident, hotfix))
        if is_named(stage):
            words = {"version": hotfix.new_version or hotfix.ref}
            raise ValidationError(
                _("%(version)s is tagged or deployed already: give it up and begin another.") % words
            )
        new = given or counting.counted(old, hotfix.rules, hotfix.product, but=hotfix)
        counting.asked_for({"old_version": old, "new_version": new})
        counting.check_order(old, new)
        if (old, new) == (hotfix.old_version, hotfix.new_version):
            return hotfix
        was = {"was_old": hotfix.old_version, "was_new": hotfix.new_version}
        perform(
            incident, CHANGE, by=by, at=at, hotfix=hotfix.ref, versions={"old": old, "new": new, **was}
        )  # fmt: skip
        if stage != "preparing" and not hotfix.branch:
            hotfix.branch = named.branch(hotfix)
        if hotfix.old_version != old:
            hotfix.base_tag = ""
        hotfix.old_version, hotfix.new_version = old, new
        hotfix.save(update_fields=["old_version", "new_version", "branch", "base_tag"])
        asking.ask(hotfix)
    return hotfix
