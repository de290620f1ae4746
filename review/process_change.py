"""Whether the process has to change (K124): an action item does it, or somebody says that none is needed, and why."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.written import utc
from incidents.models import Incident
from review import answers
from review.models import ActionKind, ActionState, Answer, Postmortem

# No key of a process begins like this.
KEY = "-process"


def keep_process(incident: Incident, *, by: User, reason: str) -> Answer:
    """The process stays as it is, and why. Raises Frozen once the report is reviewed."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the next reader was not there.")})
    return answers.write(incident, KEY, by=by, text=reason)


def process_change(found: Postmortem | None, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """JSON. `state`: planned (`actions` are the numbers of its items), not_needed (with `reason`), or open."""
    items = [
        one["number"]
        for one in actions
        if one["kind"] == ActionKind.PROCESS and one["state"] != ActionState.DROPPED
    ]
    said = answers.latest(found, KEY)
    state = "planned" if items else "not_needed" if said else "open"
    return {
        "state": state,
        "words": words(state, items),
        "actions": items,
        "reason": said.text if said else "",
        "by": str(said.by) if said else "",
        "at": utc(said.at) if said else None,
    }


def words(state: str, items: list[int]) -> str:
    if state == "planned":
        numbers = ", ".join(str(number) for number in items)
        return _("Yes: action item %(numbers)s.") % {"numbers": numbers}
    return _("No change is needed.") if state == "not_needed" else _("Nobody has said yet.")
