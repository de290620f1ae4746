"""Who and what the demo's stories are about: a team of five, and one product for each shipped process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from accounts.memberships import put_in_team
from accounts.models import Role, Team, User
from config.demo import repository
from foundation import moment
from monitoring.add import add as watch
from monitoring.models import Monitor, StatusChange
from monitoring.states import State
from products.components import set_components
from products.contacts import add_contact
from products.create_product import create_product
from products.environments import add_environment
from products.models import Process, Product
from products.role_holders import list_for_role
from products.setup.settling import finish

# Minutes since the problem was detected → the moment.
type At = Callable[[float], datetime]


@dataclass(frozen=True)
class Stage:
    """`kim` is on call, `sam` mends, `noor` runs the machines, `paula` decides; the visitor stands in for her."""

    visitor: User
    kim: User
    sam: User
    noor: User
    paula: User
    staff: Product
    node: Product


def detected(*, days: float = 0, minutes: float = 0) -> At:
    """The clock of a story that began so long ago: at any hour its clocks stand where the story wants them."""
    start = moment.now() - timedelta(days=days, minutes=minutes)
    return lambda after: start + timedelta(minutes=after)


def build(address: str) -> Stage:
    """`address` is where this demo serves: it watches itself."""
    visitor, team = User.objects.get(is_administrator=True), Team.objects.get()
    kim, sam, noor = (_person(name, team, visitor) for name in ("Kim Lund", "Sam Ito", "Noor Haddad"))
    paula = _person("Paula Marin", team, visitor, Role.MANAGER)
    stage = Stage(visitor, kim, sam, noor, paula, _staff(team, visitor), _node(team, visitor))
    _people(stage)
    _monitors(stage, address)
    repository.connect(stage.staff)
    return stage


def _person(name: str, team: Team, by: User, role: Role = Role.RESPONDER) -> User:
    user = User.objects.create_user(f"{name.split()[0].lower()}@example.test", None, name=name)
    put_in_team(user, team, role, by=by)
    return user


def _staff(team: Team, by: User) -> Product:
    """As krow.yaml speaks of it (C8)."""
    product = create_product(
        team=team, process=Process.objects.get(key="krow"), by=by, name="Staff Mobile", version="0.1.0",
        aliases=["Worker Mobile", "krow-withus-worker-mobile"], call="https://meet.example.org/emergency",
    )  # fmt: skip
    set_components(product, [("mobile", "Mobile apps")], by=by)
    for name, kind in (("Development", "dev"), ("Staging", "staging")):
        add_environment(product, name=name, kind=kind, by=by)
    return product


def _node(team: Team, by: User) -> Product:
    """As archy.yaml speaks of it."""
    product = create_product(
        team=team, process=Process.objects.get(key="archy"), by=by, name="Archipelago", version="1.0.0",
        first_release="v1.0.0",
    )  # fmt: skip
    parts = (
        ("ui", "neode-ui"),
        ("backend", "Backend binary archipelago"),
        ("iso", "ISO image"),
        ("manifest", "OTA manifest"),
    )
    set_components(product, parts, by=by)
    add_environment(product, name="Dev server", kind="dev", hosts=["192.168.1.228"], by=by)
    product.environments.filter(kind="production").update(name="Users' nodes")
    return product


def _people(stage: Stage) -> None:
    """Staff Mobile is set up. Archipelago still lacks a room that rings, and its page says so."""
    by, staff, node = stage.visitor, stage.staff, stage.node
    for role, user in (
        ("release_engineer", stage.sam),
        ("devops", stage.noor),
        ("product_owner", stage.paula),
    ):
        add_contact(staff, by=by, role=role, user=user)
    add_contact(staff, by=by, role="affected_team", whole_team=True)
    for role, user in (("decider", stage.paula), ("fixer", stage.sam), ("watcher", stage.noor)):
        add_contact(node, by=by, role=role, user=user)
    for product, role in ((staff, "product_owner"), (node, "decider")):
        list_for_role(product, role=role, user=stage.paula, by=by)
        list_for_role(product, role=role, user=stage.visitor, by=by)
    finish(staff, by=by)


def _monitors(stage: Stage, address: str) -> None:
    by, staff, node = stage.visitor, stage.staff, stage.node
    here = f"{address}/healthz"
    _was_up(watch(staff, by=by, kind="http", target=here, name="Nightdesk itself", interval_s=10))
    _was_up(watch(node, by=by, kind="http", target=here, name="192.168.1.228", interval_s=180))
    # Nothing listens there: within half a minute the visitor sees an outage become an incident.
    watch(staff, by=by, kind="http", target="http://localhost:9/", name="checkout", interval_s=10, retry_s=5)
    watch(node, by=by, kind="summary", target=str(_summary()), name="nodes", interval_s=60)


def _was_up(monitor: Monitor) -> None:
    """As if it had looked since before the first story: a watch goes by what monitors saw."""
    now = moment.now()
    since = now - timedelta(days=10)
    target = monitor.targets.get()
    StatusChange.objects.create(target=target, was=State.UNKNOWN, state=State.UP, at=since, handled_at=since)
    target.state = target.settled = target.seen = State.UP
    target.since = target.created_at = since
    target.checked_at, target.fresh_until = now, now + monitor.fresh_for
    target.save()
    monitor.created_at, monitor.looked_at = since, now
    monitor.save()


def _summary() -> Path:
    """An uptime summary as a cron job would write it. Nobody renews it: after a while it is stale, and says so."""
    folder = Path(settings.NIGHTDESK_FILE_ROOTS[0])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "summary.json"
    summary = {"uptime_percent": 100.0, "total_checks": 8640, "failed_checks": 0}
    path.write_text(json.dumps({"timestamp": moment.now().isoformat(), "summary": summary}))
    return path
