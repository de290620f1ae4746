"""The people and things of a simulation: a team, a product and its process that exist nowhere else.

Nothing of it refers to a row that stays, so that nobody who works on a real incident ever waits for a simulation.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from accounts.models import Membership, Role, Team, User
from incidents.simulation.basis import Basis
from products.models import Contact, Environment, Process, ProcessVersion, Product, RoleHolder, Severity
from products.models import VersionSource as Source
from products.process.roles import ProcessRole
from products.vocabulary import EnvironmentKind

# Who plays the roles, in the order of the process; a process has at most twenty.
NAMES = (
    "Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gila", "Hugo", "Ines", "Jon", "Kira", "Leo", "Mia", "Nils", "Olga",
    "Paul", "Rosa", "Sven", "Tara", "Udo",
)  # fmt: skip
ON_CALL = "Vera"
UNUSABLE = make_password(None)


@dataclass(frozen=True)
class World:
    """`players`: who plays a role, by its key. `on_call` declares, acknowledges and does what no role is named for."""

    product: Product
    severities: dict[str, Severity]
    roles: list[ProcessRole]
    players: dict[str, User]
    on_call: User
    executes: str

    def player(self, role: str | None) -> User:
        return self.players.get(role or "", self.on_call)

    @property
    def executor(self) -> User:
        """Who carries it out."""
        return self.player(self.executes)

    @property
    def decider(self) -> User:
        """Who decides; where the process names nobody, the manager of the team."""
        return self.player(next((role.key for role in self.roles if role.decides), None))

    def severity(self, key: str) -> Severity | None:
        return self.severities.get(key.lower())


def build(basis: Basis, zone: str) -> World:
    """Inside a stage only: it leaves rows behind."""
    tag = f"simulation-{secrets.token_hex(8)}"
    team = Team.objects.create(slug=tag, name=tag, time_zone=zone)
    version, severities = _process(basis, tag)
    product = _product(basis, tag, team, version.process)
    roles = version.roles()
    on_call, *players = _people(team, tag, len(roles))
    world = World(
        product,
        {one.key.lower(): one for one in severities},
        roles,
        {role.key: player for role, player in zip(roles, players, strict=True)},
        on_call,
        next((role["key"] for role in basis.document.get("roles") or [] if role.get("executes")), ""),
    )
    RoleHolder.objects.bulk_create(
        RoleHolder(product=product, role=role.key, user=world.players[role.key], position=1) for role in roles
    )
    Contact.objects.bulk_create(_contacts(basis, world))
    return world


def _process(basis: Basis, tag: str) -> tuple[ProcessVersion, list[Severity]]:
    process = Process.objects.create(key=tag, name=basis.document["name"])
    version = ProcessVersion.objects.create(
        process=process, number=1, text="", sha256="", document=basis.document, source=Source.IMPORTED
    )
    for severity in basis.severities:
        severity.version = version
    process.current = version
    process.save(update_fields=["current"])
    return version, Severity.objects.bulk_create(basis.severities)


def _product(basis: Basis, tag: str, team: Team, process: Process) -> Product:
    """Called as the first product that the process names; its version is made up."""
    named: dict[str, Any] = next(iter((basis.document.get("setup") or {}).get("products") or []), {})
    product = Product.objects.create(
        slug=tag,
        name=named.get("name") or _("Example app"),
        aliases=list(named.get("aliases") or []),
        team=team,
        process=process,
        version="1.4.2",
    )
    Environment.objects.create(
        product=product, slug="production", name=_("Production"), kind=EnvironmentKind.PRODUCTION
    )
    return product


def _people(team: Team, tag: str, count: int) -> list[User]:
    """Who is on call, then one for each role; nobody can sign in as them."""
    people = User.objects.bulk_create(
        User(email=f"{n}@{tag}.invalid", name=name, password=UNUSABLE, time_zone=team.time_zone)
        for n, name in enumerate((ON_CALL, *NAMES[:count]))
    )
    Membership.objects.bulk_create(Membership(team=team, user=user, role=Role.MANAGER) for user in people)
    return people


def _contacts(basis: Basis, world: World) -> list[Contact]:
    """Who the process wants to be told: who plays the role, or the whole team for a group in words."""
    tell = (basis.document.get("contacts") or {}).get("tell") or []
    found = []
    for position, one in enumerate(tell, start=1):
        player = world.players.get(one.get("role") or "")
        who: dict[str, Any] = {"user": player} if player else {"whole_team": True}
        found.append(
            Contact(
                product=world.product,
                label=one["label"],
                role=one.get("role") or "",
                position=position,
                **who,
            )
        )
    return found
