"""Who may decide (K138): the roles of the process that decide. Whoever sees an incident reads what was decided."""

from accounts.access import has_role, highest_role, rule
from accounts.models import Role, User
from hotfixes.decision.deciders import decider, in_emergency
from hotfixes.models import AuditRun, Decision, Hotfix, Rollback
from incidents.models import Incident
from incidents.rules import respond, sees
from products.models import Product


@rule("decide", Incident)
def decide(actor: User, incident: Incident) -> bool:
    return decider(incident, actor) is not None


@rule("decide_in_emergency", Incident)
def decide_in_emergency(actor: User, incident: Incident) -> bool:
    return in_emergency(incident, actor) is not None


@rule("propose", Incident)
def propose(actor: User, incident: Incident) -> bool:
    """Whoever works on it."""
    return respond(actor, incident)


@rule("ask_question", Incident)
@rule("answer_question", Incident)
def ask(actor: User, incident: Incident) -> bool:
    """Whoever decides or works on it; and whom somebody asked."""
    if respond(actor, incident) or decider(incident, actor) is not None:
        return True
    return sees(actor, incident) and incident.questions.filter(to=actor).exists()


@rule("view", Decision)
def view(actor: User, decision: Decision) -> bool:
    return sees(actor, decision.incident)


@rule("view", Hotfix)
def view_hotfix(actor: User, hotfix: Hotfix) -> bool:
    return sees(actor, hotfix.incident)


@rule("view", Rollback)
def view_rollback(actor: User, rollback: Rollback) -> bool:
    return sees(actor, rollback.incident)


for _action in ("override", "attest", "recheck", "abandon", "change_merge", "change_versions", "approve"):

    @rule(_action, Hotfix)
    def act(actor: User, hotfix: Hotfix) -> bool:
        """A responder of the incident's team, who takes part if it is private."""
        return respond(actor, hotfix.incident)


@rule("report_deployment", Product)
def report_deployment(actor: User, product: Product) -> bool:
    """Whose script says what was deployed: a responder's."""
    return has_role(actor, product.team_id, Role.RESPONDER)


@rule("add_evidence", Hotfix)
def add_evidence(actor: User, hotfix: Hotfix) -> bool:
    """A responder of the product's team, who sees the incident."""
    return has_role(actor, hotfix.product.team_id, Role.RESPONDER) and sees(actor, hotfix.incident)


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
