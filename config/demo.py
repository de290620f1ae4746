"""`./run demo`: a house with a past, made with the verbs that people use: chains verify, clocks are true."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from accounts.memberships import put_in_team
from accounts.models import Role, Team, User
from config.environment import DEMO_EMAIL, DEMO_PASSWORD
from foundation import moment
from incidents import transitions as do
from incidents.declare import declare
from incidents.models import Incident
from monitoring.add import add as watch
from products.create_product import create_product
from products.models import Process, Product


def fill(address: str) -> str:
    """Everything, once; returns what `up` prints. `address` is where this demo serves: it watches itself."""
    with transaction.atomic():
        if not Product.objects.exists():
            _fill(address)
    said = _welcome()
    connections.close_all()
    return said


def _welcome() -> str:
    """How to sign in: the demo's own password, unless NIGHTDESK_ADMIN_PASSWORD or somebody here chose another one."""
    admin = User.objects.filter(is_administrator=True, is_active=True).order_by("pk").first()
    if admin is None or not admin.check_password(DEMO_PASSWORD):
        return f"Demo: sign in as {admin.email if admin else DEMO_EMAIL} with the password you chose"
    return f"Demo: sign in as {admin.email} with the password {DEMO_PASSWORD}"


def _fill(address: str) -> None:
    admin, team = User.objects.get(is_administrator=True), Team.objects.get()
    people = [admin, *(_person(name, team, admin) for name in ("Kim Lund", "Sam Ito"))]
    staff = create_product(
        team=team,
        process=Process.objects.get(key="krow"),
        by=admin,
        name="Staff Mobile",
        aliases=["Worker Mobile"],
    )
    node = create_product(team=team, process=Process.objects.get(key="archy"), by=admin, name="Archipelago")
    _past(staff, "HIGH", "Shift plan shows last week", people, days=9, took=150)
    _past(node, "P1", "App does not start after the update", people, days=5, took=700)
    _past(staff, "CRITICAL", "Nobody can sign in", people, days=2, took=48)
    _open(staff, people)
    watch(staff, by=admin, kind="http", target=f"{address}/healthz", name="Nightdesk itself", interval_s=10)
    # Nothing listens there: within half a minute the visitor sees an outage become an incident.
    watch(
        staff, by=admin, kind="http", target="http://localhost:9/", name="checkout", interval_s=10, retry_s=5
    )
    watch(node, by=admin, kind="summary", target=str(_summary()), name="nodes", interval_s=60)


def _person(name: str, team: Team, admin: User) -> User:
    user = User.objects.create_user(f"{name.split()[0].lower()}@example.test", None, name=name)
    put_in_team(user, team, Role.RESPONDER, by=admin)
    return user


def _clock(start: datetime) -> Callable[[float], datetime]:
    return lambda minutes: start + timedelta(minutes=minutes)


def _begun(
    product: Product, severity: str, title: str, by: User, at: Callable[[float], datetime]
) -> Incident:
    chosen = product.severities().get(key=severity)
    return declare(product, by=by, title=title, severity=chosen, detected_at=at(0), at=at(2))


def _past(
    product: Product, severity: str, title: str, people: list[User], *, days: float, took: float
) -> None:
    admin, kim, sam = people
    at = _clock(moment.now() - timedelta(days=days))
    incident = _begun(product, severity, title, kim, at)
    do.acknowledge(incident, by=sam, at=at(5))
    do.assign(incident, by=sam, user=sam, at=at(6))
    do.note(incident, by=kim, text="It began with the last release.", at=at(9))
    do.mitigate(incident, by=sam, text="Feature switched off.", at=at(took * 0.6))
    do.resolve(incident, by=admin, text="The fix is out, nobody is affected any more.", at=at(took))


def _open(product: Product, people: list[User]) -> None:
    _admin, kim, sam = people
    at = _clock(moment.now() - timedelta(minutes=14))
    incident = _begun(product, "CRITICAL", "Sign-in fails for all staff", kim, at)
    do.acknowledge(incident, by=sam, at=at(4))
    do.assign(incident, by=sam, user=sam, at=at(5))
    do.describe(incident, by=kim, impact="Nobody can start a shift.", users_affected=1240, at=at(7))
    do.note(incident, by=sam, text="Null site in the shift. The guard is a one-line change.", at=at(11))


def _summary() -> Path:
    """An uptime summary as a cron job would write it. Nobody renews it: after a while it is stale, and says so."""
    folder = Path(settings.NIGHTDESK_FILE_ROOTS[0])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "summary.json"
    summary = {"uptime_percent": 99.98, "total_checks": 8640, "failed_checks": 2}
    path.write_text(json.dumps({"timestamp": moment.now().isoformat(), "summary": summary}))
    return path
