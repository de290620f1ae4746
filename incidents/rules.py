"""Who may do what to an incident. Private ones are for their participants alone, administrators included."""

from accounts.access import has_role, role_in, rule
from accounts.models import Role, User
from incidents.models import Incident, Participant, RedactionRequest
from products.models import Product, RoleHolder

# What responders do at night; viewers read.
RESPONDERS = (
    "acknowledge", "assign", "assess", "change_severity", "close", "confirm_severity", "correct", "decline", "defer",
    "describe", "mark_duplicate", "mitigate", "note", "pause_clock", "redact", "reopen", "resolve", "resume_clock",
    # The process: facts of the remedy, steps and boxes, messages.
    "attest", "finish_step", "report", "send_message", "update",
)  # fmt: skip


@rule("view", Incident)
def view(actor: User, incident: Incident) -> bool:
    return sees(actor, incident)


def sees(actor: User, incident: Incident) -> bool:
    """A member of the team, who takes part if it is private."""
    member = role_in(actor, incident.product.team_id) is not None
    return member and (not incident.private or takes_part(actor, incident))


def takes_part(actor: User, incident: Incident) -> bool:
    if getattr(incident, "reader", None) == actor.pk:  # it was found for this person, and so they take part
        return True
    return Participant.objects.filter(incident=incident, user=actor).exists()


def respond(actor: User, incident: Incident) -> bool:
    """A responder of the team, who takes part if it is private."""
    return has_role(actor, incident.product.team_id, Role.RESPONDER) and sees(actor, incident)


for _action in RESPONDERS:
    rule(_action, Incident)(respond)


@rule("claim", Incident)
@rule("hand_over", Incident)
@rule("give_up", Incident)
def hold(actor: User, incident: Incident) -> bool:
    """Whoever responds; and who only reads, but is listed for a role on the product (a product owner, K138).

    Which role that is, each verb looks at itself.
    """
    if respond(actor, incident):
        return True
    listed = RoleHolder.objects.filter(product=incident.product_id, user=actor)
    return sees(actor, incident) and listed.exists()


@rule("waive_clock", Incident)
def waive_clock(actor: User, incident: Incident) -> bool:
    """A promise is taken back by who answers for the team."""
    return has_role(actor, incident.product.team_id, Role.MANAGER) and sees(actor, incident)


@rule("break_glass", Incident)
def break_glass(actor: User, incident: Incident) -> bool:
    """An administrator may open a private incident that keeps them out: with a reason, and on record."""
    return actor.is_administrator and incident.private and not takes_part(actor, incident)


@rule("declare", Product)
def declare(actor: User, product: Product) -> bool:
    """Everybody who sees a product may say that it is broken."""
    return role_in(actor, product.team_id) is not None


@rule("view", RedactionRequest)
def view_request(actor: User, request: RedactionRequest) -> bool:
    return sees(actor, request.event.incident)


@rule("settle", RedactionRequest)
def settle(actor: User, request: RedactionRequest) -> bool:
    return respond(actor, request.event.incident)
