"""Who may do what with monitors: everybody in the team sees them, responders look again, managers change them."""

from accounts.access import has_role, rule
from accounts.models import Role, User
from monitoring.models import Alert, AlertSource, Maintenance, Monitor, StatusChange, Target
from products.models import Product


def _in_team(actor: User, monitor: Monitor) -> bool:
    return has_role(actor, monitor.product.team_id, Role.VIEWER)


@rule("view", Monitor)
def view_monitor(actor: User, monitor: Monitor) -> bool:
    return _in_team(actor, monitor)


@rule("view", Target)
def view_target(actor: User, target: Target) -> bool:
    return _in_team(actor, target.monitor)


@rule("view", StatusChange)
def view_change(actor: User, change: StatusChange) -> bool:
    return _in_team(actor, change.target.monitor)


@rule("check", Monitor)
def check_monitor(actor: User, monitor: Monitor) -> bool:
    return has_role(actor, monitor.product.team_id, Role.RESPONDER)


@rule("add_monitor", Product)
def add_monitor(actor: User, product: Product) -> bool:
    """Also asked by "try it now": who may add a monitor may send Nightdesk to look at an address."""
    return has_role(actor, product.team_id, Role.MANAGER)


@rule("add_maintenance", Product)
def add_maintenance(actor: User, product: Product) -> bool:
    """Whoever may switch a monitor off."""
    return has_role(actor, product.team_id, Role.MANAGER)


@rule("view", Maintenance)
def view_maintenance(actor: User, window: Maintenance) -> bool:
    return has_role(actor, window.product.team_id, Role.VIEWER)


@rule("change", Maintenance)
def change_maintenance(actor: User, window: Maintenance) -> bool:
    return has_role(actor, window.product.team_id, Role.MANAGER)


@rule("edit", Monitor)
@rule("disable", Monitor)
@rule("enable", Monitor)
@rule("archive", Monitor)
@rule("rotate_key", Monitor)
@rule("see_body", Monitor)
def manage_monitor(actor: User, monitor: Monitor) -> bool:
    """`see_body`: what a probe read may hold what only those who set it up should see."""
    return has_role(actor, monitor.product.team_id, Role.MANAGER)


@rule("view", AlertSource)
def view_source(actor: User, source: AlertSource) -> bool:
    return has_role(actor, source.product.team_id, Role.VIEWER)


@rule("view", Alert)
def view_alert(actor: User, alert: Alert) -> bool:
    return has_role(actor, alert.source.product.team_id, Role.VIEWER)


@rule("end", Alert)
def end_alert(actor: User, alert: Alert) -> bool:
    """Whoever may resolve the incident that it is in."""
    return has_role(actor, alert.source.product.team_id, Role.RESPONDER)


@rule("edit", AlertSource)
@rule("disable", AlertSource)
@rule("enable", AlertSource)
@rule("archive", AlertSource)
@rule("rotate_key", AlertSource)
def manage_source(actor: User, source: AlertSource) -> bool:
    """Also asked before what it sent is shown: that may hold what only those who set it up should see."""
    return has_role(actor, source.product.team_id, Role.MANAGER)
