"""Who may do what with products: a team's people see them, its managers change them. Processes are for everybody."""

from accounts.access import has_role, highest_role, rule
from accounts.models import ApiToken, Role, Team, User
from products.models import Process, Product
from products.token_products import products_of


@rule("view", Product)
def view(actor: User, product: Product) -> bool:
    return has_role(actor, product.team_id, Role.VIEWER)


@rule("edit", Product)
@rule("archive", Product)
@rule("add_environment", Product)
@rule("change_contacts", Product)
@rule("change_roles", Product)
def manage(actor: User, product: Product) -> bool:
    return has_role(actor, product.team_id, Role.MANAGER)


@rule("add", Product)
def add(actor: User, product: type[Product]) -> bool:
    """The page to make one: for whoever manages some team."""
    role = highest_role(actor)
    return role is not None and role >= Role.MANAGER


@rule("add_product", Team)
def add_to(actor: User, team: Team) -> bool:
    return has_role(actor, team, Role.MANAGER)


@rule("view", Process)
def view_process(actor: User, process: Process) -> bool:
    """A way of working is no secret inside the house."""
    return True


@rule("draft", Process)
def draft_process(actor: User, process: type[Process]) -> bool:
    """Write a draft, which changes nothing yet: whoever manages some team."""
    role = highest_role(actor)
    return role is not None and role >= Role.MANAGER


@rule("import", Process)
@rule("publish", Process)
def import_process(actor: User, process: type[Process]) -> bool:
    """Another text changes the promises of every team that works by it."""
    return actor.is_administrator


@rule("reach_teams", ApiToken)
def reach_teams(actor: User, token: ApiToken) -> bool:
    """A token that is narrowed to products reaches nothing which is not a product's."""
    return token.user_id == actor.pk and not products_of(token)
