"""Who may write a report: who responds, and whoever is listed for a role on the product. Reading follows the incident."""

from accounts.access import rule
from accounts.models import User
from incidents.models import Incident
from incidents.rules import hold

WRITERS = ("answer", "change_action", "schedule_postmortem", "review", "reopen_report")


def write(actor: User, incident: Incident) -> bool:
    return hold(actor, incident)


for _action in WRITERS:
    rule(_action, Incident)(write)
