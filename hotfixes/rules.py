"""Who may decide (K138): the roles of the process that decide. Whoever sees an incident reads what was decided."""

from accounts.access import has_role, highest_role, rule
from accounts.models import Role, User
from hotfixes.deciders import decider
from hotfixes.models import AuditRun, Decision
from incidents.models import Incident
from incidents.rules import sees


@rule("decide", Incident)
def decide(actor: User, incident: Incident) -> bool:
    return decider(incident, actor) is not None


@rule("view", Decision)
def view(actor: User, decision: Decision) -> bool:
    return sees(actor, decision.incident)


@rule("add", AuditRun)
def add_audit(actor: User, audit: type[AuditRun]) -> bool:
    """Whoever responds in some team: it costs this server time, and nobody else anything."""
    role = highest_role(actor)
    return role is not None and role >= Role.RESPONDER


@rule("view", AuditRun)
def view_audit(actor: User, audit: AuditRun) -> bool:
    return audit.by_id == actor.pk or (
        audit.team_id is not None and has_role(actor, audit.team_id, Role.VIEWER)
    )


@rule("cancel", AuditRun)
def cancel_audit(actor: User, audit: AuditRun) -> bool:
    return audit.by_id == actor.pk or (
        audit.team_id is not None and has_role(actor, audit.team_id, Role.MANAGER)
    )
