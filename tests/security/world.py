"""Two teams and everybody who may knock: built once, asked thousands of times, each time rolled back.

Whatever belongs to the own team carries the word ZEBRA in its name, whatever is private OKAPI: an answer to an
outsider that holds one of these words is a leak, wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import ApiToken, Membership, Role, Scope, Team, User
from accounts.tokens import revoke_token
from foundation import moment
from foundation.blobs import taken
from hotfixes.audit.asking import ask, cancel
from hotfixes.models import AuditRun
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident, Participant
from incidents.timeline import corrections
from monitoring.alerts.sources import connect
from monitoring.maintenance.verbs import set_maintenance
from monitoring.models import Alert, Monitor
from monitoring.push_keys import push_url
from notifications import links
from notifications.models import Channel, Delivery, Kind, State
from notifications.ways import add_channel
from products.contacts import add_contact
from products.drafts.verbs import start_draft
from products.models import Contact, Product
from products.repositories import connect_repository
from products.role_holders import list_for_role
from products.token_products import make_narrow_token
from tests.factories import PASSWORD, join, make_monitor, make_product, make_team, make_user
from tests.fixtures.authenticator import credential
from tests.security import around_incident
from tests.security.around_incident import NOWHERE, OKAPI, ZEBRA

NTFY = "http://10.0.0.1/topic"  # refused at once
# The role that each actor holds in the own team; None: outside of it.
ROLES: dict[str, Role | None] = {
    "viewer": Role.VIEWER,
    "responder": Role.RESPONDER,
    "manager": Role.MANAGER,
    "team_admin": Role.ADMIN,
    "participant": Role.RESPONDER,
    "administrator": Role.ADMIN,
    "foreign_admin": None,
    "teamless": None,
}
STRANGERS = ("anonymous", "deactivated")


@dataclass(frozen=True)
class Thing:
    """What an address names: how it is written there, how a missing one is, and who may see it in which role."""

    named: dict[str, Any]
    missing: dict[str, Any]
    seen_by: dict[str, Role]


@dataclass
class World:
    team: Team
    other: Team
    people: dict[str, User]
    product: Product
    second: Product
    incident: Incident
    private: Incident
    monitor: Monitor
    clients: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    push_path: str = ""
    # What was answered already: (who, method, address, …) to status, headers and body, as asking.kind_of tells them.
    kinds: dict[tuple[str, ...], tuple[Any, ...]] = field(default_factory=dict)


def build() -> World:
    team, other = make_team("zebra-team", name="Zebra team"), make_team("other")
    hashed = make_password(PASSWORD)
    people = {name: make_user(f"{name}@example.test") for name in (*ROLES, "deactivated")}
    for name, role in {**ROLES, "deactivated": Role.MANAGER}.items():
        if role and name != "administrator":
            join(people[name], team, role)
    User.objects.filter(pk=people["administrator"].pk).update(is_administrator=True)
    people["administrator"].refresh_from_db()
    join(people["foreign_admin"], other, Role.ADMIN)
    for user in people.values():
        user.password = hashed
        user.save(update_fields=["password"])
    product = make_product(team, name="Zebra Mobile", aliases=["zm-zebra"])
    second = make_product(team, name="Zebra Second")
    make_product(other, name="Other Mobile")
    by = people["responder"]
    world = World(
        team, other, people, product, second,
        incident=_incident(product, by, "Zebra sign-in fails"),
        private=_incident(product, people["participant"], "Okapi data leaked", private=True),
        monitor=make_monitor(product, name="Zebra check", target="https://zebra.example.test/health"),
    )  # fmt: skip
    _furnish(world)
    _let_in(world)
    return world


def _incident(product: Product, by: User, title: str, *, private: bool = False) -> Incident:
    severity = product.severities().get(key="CRITICAL")
    made = declare(product, by=by, title=title, severity=severity, private=private, impact=f"{title}: all")
    transitions.note(made, by=by, text=f"{title}: a note", file=taken(f"{title}.txt", title.encode()))
    return made


def _furnish(world: World) -> None:
    """Everything with an address of its own, in the team's house and in the private incident."""
    people, inside = world.people, {name: role for name, role in ROLES.items() if role}
    taking_part = {"participant": Role.RESPONDER}
    manager = people["manager"]
    contact = add_contact(world.product, label="Zebra owner", user=people["responder"], by=manager)
    holder = list_for_role(world.product, role="product_owner", user=people["team_admin"], by=manager)
    channel = _channel(world, "Zebra room", manager, world.team)
    own = _channel(world, "Own phone", manager, None)
    waiting = make_monitor(world.product, kind="heartbeat", target="", name="Zebra beat", interval_s=300)
    source = connect(world.product, by=manager, tool="alertmanager", name="Zebra alerts")
    now = moment.now()
    fires = Alert.objects.create(
        source=source, fingerprint="zebra", state="firing", title="Zebra disk is full", started_at=now,
        first_seen=now, last_seen=now, since=now,
    )  # fmt: skip
    world.push_path = "/" + push_url(waiting).split("/", 3)[3]
    connect_repository(
        world.product, by=manager, url="https://git.example.test/zebra.git", token="zebra-token"
    )
    current = world.product.process.current
    assert current is not None
    tomorrow = moment.now() + timedelta(days=1)
    planned = set_maintenance(
        world.product,
        by=manager,
        starts_at=tomorrow,
        ends_at=tomorrow + timedelta(hours=1),
        reason="Zebra disk",
    )
    start_draft(f"{current.text}# more\n", key="krow", by=manager, base=current)
    mine = {"manager": Role.ADMIN}
    responders = {name: role for name, role in inside.items() if role >= Role.RESPONDER}
    known = {
        "viewer": Role.VIEWER,
        **dict.fromkeys(("team_admin", "foreign_admin", "administrator"), Role.ADMIN),
    }
    things: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Role]]] = {
        "person": (_pk(people["viewer"]), {"pk": NOWHERE}, known),
        "product": ({"slug": "zebra-mobile"}, {"slug": "nothing"}, inside),
        "environment": (
            {"slug": "zebra-mobile", "environment": "production"},
            {"slug": "zebra-mobile", "environment": "nowhere"},
            inside,
        ),
        "audit": (_pk(_audit(world, manager)), {"pk": NOWHERE}, inside),
        "contact": ({"slug": "zebra-mobile", "pk": contact.pk}, {"slug": "nothing", "pk": NOWHERE}, inside),
        "role holder": (
            {"slug": "zebra-mobile", "pk": holder.pk},
            {"slug": "nothing", "pk": NOWHERE},
            inside,
        ),
        "member": (
            {"slug": "zebra-team", "pk": people["viewer"].pk},
            {"slug": "zebra-team", "pk": NOWHERE},
            inside,
        ),
        "team": ({"slug": "zebra-team"}, {"slug": "nothing"}, inside),
        "monitor": ({"slug": world.monitor.slug}, {"slug": "nothing"}, inside),
        "alert": (_pk(fires), {"pk": NOWHERE}, inside),
        "alert source": ({"slug": source.slug}, {"slug": "nothing"}, inside),
        "maintenance": (_pk(planned), {"pk": NOWHERE}, inside),
        "membership": (_pk(Membership.objects.get(user=people["viewer"])), {"pk": NOWHERE}, inside),
        "channel": (_pk(channel), {"pk": NOWHERE}, inside),
        "own channel": (_pk(own), {"pk": NOWHERE}, mine),
        "delivery": (_pk(_dead(world, world.incident, channel)), {"pk": NOWHERE}, responders),
        "private delivery": (_pk(_dead(world, world.private, channel)), {"pk": NOWHERE}, taking_part),
    }
    for name, incident, seen_by in (
        ("incident", world.incident, inside),
        ("private incident", world.private, taking_part),
    ):
        event = {"ref": incident.ref, "seq": 2}
        things |= {
            name: ({"ref": incident.ref}, {"ref": f"INC-{NOWHERE}"}, seen_by),
            **around_incident.process_of(name, incident.ref, seen_by),
            **around_incident.fix_of(
                name.replace("incident", "hotfix"), around_incident.hotfix(incident), seen_by
            ),
            **around_incident.back_of(
                name.replace("incident", "rollback"), around_incident.rollback(incident), seen_by
            ),
            f"{name}'s entry": (event, {**event, "ref": f"INC-{NOWHERE}"}, seen_by),
            f"{name}'s asked": around_incident.asked(
                incident, people["participant" if incident.private else "responder"], seen_by
            ),
        }
        things |= around_incident.report_of(
            name, incident, people["participant" if incident.private else "responder"], seen_by
        )
        asked_by = people["participant"] if incident.private else people["responder"]
        corrections.ask_redaction(incident.events.get(seq=1), by=asked_by, reason="A name in it")
        asked = {"ref": incident.ref, "seq": 1}
        things[f"{name}'s redaction"] = (asked, {**asked, "ref": f"INC-{NOWHERE}"}, seen_by)
    world.things = {name: Thing(*facts) for name, facts in things.items()}


def _audit(world: World, by: User) -> AuditRun:
    url = "https://git.example.test/zebra.git"
    audit = ask(by=by, url=url, process=world.product.process, team=world.team)
    cancel(audit, by=by)  # one may have one under way
    return audit


def _pk(row: Any) -> dict[str, int]:
    return {"pk": row.pk}


def _channel(world: World, name: str, by: User, team: Team | None) -> Channel:
    return add_channel(kind=Kind.NTFY, name=name, config={"url": NTFY}, by=by, team=team)


def _dead(world: World, incident: Incident, channel: Channel) -> Delivery:
    """A message to a person who takes part in the private incident, that did not arrive."""
    told, now = world.people["participant" if incident.private else "responder"], moment.now()
    return Delivery.objects.create(
        about=f"{incident.ref}/1", key="spare", recipient=f"user:{told.pk}", route=f"ntfy:{channel.pk}",
        lane="ntfy", label=f"{OKAPI if incident.private else ZEBRA} owner", team=world.team, user=told, channel=channel,
        subject=f"CRITICAL {incident.ref}", body="…", path=f"/incidents/{incident.ref}/",
        offers=["acknowledge", "cannot"], state=State.DEAD, reason="refused", due_at=now, first_due_at=now,
    )  # fmt: skip


def _let_in(world: World) -> None:
    """A session and a token for everybody, and the tokens that are special."""
    for name, user in world.people.items():
        client = Client()
        client.force_login(user)
        world.clients[name] = client
        world.tokens[name] = token_of(user)
    world.clients["anonymous"] = Client()
    manager, administrator = world.people["manager"], world.people["administrator"]
    world.tokens["elsewhere"] = token_of(administrator, products=["other-mobile"])
    world.tokens["revoked"] = token_of(manager)
    revoke_token(ApiToken.objects.latest("pk"), by=manager)
    world.tokens["expired"] = token_of(manager)
    ApiToken.objects.filter(pk=ApiToken.objects.latest("pk").pk).update(expires_at=moment.now())
    world.tokens["unknown"] = "nd_" + "x" * 43
    used_just_now()
    User.objects.filter(pk=world.people["deactivated"].pk).update(is_active=False)
    # A session and a token of the manager's, which only the manager finds.
    phone = Client()
    phone.force_login(manager)
    session = UserSession.objects.create(
        user=manager, session_key=phone.session.session_key, ip="127.0.0.1", user_agent="Zebra phone"
    )
    mine = {"manager": Role.ADMIN}
    token = ApiToken.objects.get(user=manager, name="manager", revoked_at=None, expires_at=None)
    world.things["session"] = Thing(_pk(session), {"pk": NOWHERE}, mine)
    world.things["token"] = Thing(_pk(token), {"pk": NOWHERE}, mine)
    key = {"name": "Zebra key", "credential": credential()}
    passkey = Authenticator.objects.create(user=manager, type="webauthn", data=key)
    world.things["passkey"] = Thing(_pk(passkey), {"pk": NOWHERE}, mine)


def token_of(user: User, *scopes: str, products: list[str] | None = None) -> str:
    """The text of a new token with these scopes, all of them without any."""
    name = user.name.lower() if not scopes and not products else "special"
    return make_narrow_token(
        user, by=None, name=name, scopes=scopes or Scope.values, products=products or []
    )[1]


def used_just_now() -> None:
    """A token notes at most once in a minute that it is used, and each note here is undone."""
    ApiToken.objects.update(last_used_at=moment.now() + timedelta(days=1))


def tap_token(world: World, which: str) -> str:
    """The one-tap token of that incident's delivery."""
    return links.token(Delivery.objects.get(pk=world.things[which].named["pk"]), "acknowledge")


def cookie(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


__all__ = ["Contact", "Participant", "Thing", "World", "build"]
