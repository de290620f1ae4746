"""What a rollback says against a message's claim "No user action required" (K74): the option's own words."""

from datetime import datetime

from django.utils.translation import gettext as _

from hotfixes.models import Rollback
from hotfixes.rollback.rows import rollbacks
from incidents.messages.claims import Finding, register_claim
from incidents.models import Incident


def no_user_action(incident: Incident, subject: str, now: datetime) -> Finding | None:
    """Not so while users must do something; None where no rollback asks anything of them."""
    if incident.remedy_at is None:
        return None
    for one in rollbacks(incident):
        if one.status == Rollback.Status.ABANDONED:
            continue
        action = str(one.option.get("user_action") or "")
        if action:
            said = _("Users must do something: %(action)s") % {"action": action}
            return Finding(
                False, said, {"rollback": one.ref, "option": one.option_key, "user_action": action}
            )
    return None


register_claim("no_user_action", no_user_action)
