"""Who may write a report: who responds, and whoever is listed for a role on the product. Who reads it: its incident."""

from accounts.access import rule
from accounts.models import User
from incidents.models import Incident
from incidents.rules import respond, sees
from products.models import RoleHolder

WRITERS = (
    "answer",
    "change_action",
    "schedule_postmortem",
    "review",
    "reopen_report",
    "keep_process",
    "share",
)


def write(actor: User, incident: Incident) -> bool:
    """A product owner may only read otherwise; what was learned is theirs to say too."""
    if respond(actor, incident):
        return True
    listed = RoleHolder.objects.filter(product=incident.product_id, user=actor)
    return sees(actor, incident) and listed.exists()


for _action in WRITERS:
    rule(_action, Incident)(write)
