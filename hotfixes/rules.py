"""Who may decide (K138): the roles of the process that decide. Whoever sees an incident reads what was decided."""

from accounts.access import rule
from accounts.models import User
from hotfixes.deciders import decider
from hotfixes.models import Decision
from incidents.models import Incident
from incidents.rules import sees


@rule("decide", Incident)
def decide(actor: User, incident: Incident) -> bool:
    return decider(incident, actor) is not None


@rule("view", Decision)
def view(actor: User, decision: Decision) -> bool:
    return sees(actor, decision.incident)
