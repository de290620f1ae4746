"""A product and a process as docs/api.md names them, and what a script may send. None is renamed, more may be added."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from foundation.shapes import Body, Key, Line, Plain, Utc, address, utc, utc_or_none
from products.api.people import NewContact, NewHolder
from products.in_production import InProduction, in_production
from products.models import Process, ProcessVersion, Product, Severity
from products.policy_overrides import process_policy

Name = Annotated[str, Field(min_length=1, max_length=80), Plain]
Version = Annotated[str, Field(max_length=80), Plain]


class EnvironmentShape(Schema):
    name: str
    slug: str
    kind: Literal["dev", "staging", "production"]
    hosts: list[str]


class RepositoryShape(Schema):
    """Where its code lies. `main` is the branch that counts, by the process or by `policy.main`.

    The token is never shown: `token_set` says that there is one. `shared_with`: the products that lie there too.
    """

    url: str
    main: str
    forge: Literal["none", "github", "gitlab", "gitea"]
    username: str
    token_set: bool
    write_back: bool
    shared_with: list[str]


class ProductShape(Schema):
    slug: str
    name: str
    aliases: list[str]
    process: str
    team: str
    environments: list[EnvironmentShape]
    components: list[str]
    # What its users have: by what was brought out last, else as it was entered; `version_source` says which.
    version: str
    version_source: Literal["deployments", "entered", ""]
    version_entered: str
    first_release: str
    call: str
    repository: RepositoryShape | None
    policy: dict[str, Any]
    # Whether its other releases wait for a hotfix or a rollback: /products/{slug}/hold says for which.
    hold: bool
    archived_at: Utc | None
    url: str


class NewEnvironment(Body):
    """Where the product runs too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Beta", "kind": "staging"}]})

    name: Name
    kind: Literal["dev", "staging", "production"]
    hosts: Annotated[list[Line], Field(max_length=20)] = []


class RepositoryFacts(Body):
    """`forge` may be left out for github.com, gitlab.com and Codeberg. `token` is written, never read: "" removes it.

    `main` "" is the process's own. `write_back`: the token may also say on the forge how far a hotfix is. Products of
    a team with the same `url` share all of it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"url": "https://github.com/you/product", "token": "ghp_…", "main": "main"}]
        }
    )

    url: Annotated[str, Field(max_length=1000), Plain] = ""
    forge: Literal["none", "github", "gitlab", "gitea"] = "none"
    username: Annotated[str, Field(max_length=100), Plain] = ""
    token: Annotated[str, Field(max_length=1000)] = ""
    main: Annotated[str, Field(max_length=80), Plain] = ""
    write_back: bool = False


class ProductFacts(Body):
    """What may be changed; what is left out stays.

    `repository` null disconnects it; `policy` replaces all overrides of the process's policy.

    `components` are all of them; `environments` are added, or changed where one of that name is there. `call` is the
    address where people meet for what cannot wait.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": "1.4.0", "aliases": ["KDS"]}]})

    name: Name = ""
    process: Key = ""
    aliases: Annotated[list[Line], Field(max_length=20)] = []
    first_release: Version = ""
    version: Version = ""
    call: Annotated[str, Field(max_length=400), Plain] = ""
    components: Annotated[list[Name], Field(max_length=40)] = []
    environments: Annotated[list[NewEnvironment], Field(max_length=20)] = []
    repository: RepositoryFacts | None = None
    policy: dict[str, Any] = {}


class NewProduct(ProductFacts):
    """`team` may be left out by who manages exactly one; `slug` too, then it is made of the name.

    `contacts` are who is told, `roles` who is listed for a role of the process, each in order.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Staff Mobile", "process": "krow", "version": "1.4.0"}]}
    )

    name: Name
    process: Key
    team: Key = ""
    slug: Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")] = ""
    contacts: Annotated[list[NewContact], Field(max_length=30)] = []
    roles: Annotated[list[NewHolder], Field(max_length=40)] = []


class SeverityShape(Schema):
    key: str
    label: str
    rank: int
    mark: str
    wake: bool
    proceed: str
    examples: list[str]
    targets: dict[str, str]


class ClockRuleShape(Schema):
    key: str
    label: str
    kind: str
    start: str
    stop: list[str]


class ProcessShape(Schema):
    """`targets` of a severity: per clock, how long it may run, as people write it."""

    key: str
    name: str
    version: int
    sha256: str
    at: Utc
    severities: list[SeverityShape]
    clocks: list[ClockRuleShape]
    roles: list[dict[str, Any]]
    url: str


def product_shape(product: Product, runs: InProduction | None = None) -> dict[str, Any]:
    """Wants a row of lookup.reachable."""
    runs = runs or in_production(product)
    environments = [
        {"name": e.name, "slug": e.slug, "kind": e.kind, "hosts": e.hosts} for e in product.environments.all()
    ]
    return {
        "slug": product.slug,
        "name": product.name,
        "aliases": product.aliases,
        "process": product.process.key,
        "team": product.team.slug,
        "environments": environments,
        "components": [component.name for component in product.components.all()],
        "version": runs.version,
        "version_source": runs.source,
        "version_entered": product.version,
        "first_release": product.first_release,
        "call": product.call,
        "repository": repository_shape(product),
        "policy": product.policy,
        "hold": any(one.free_at is None and not one.private for one in product.holds.all()),
        "archived_at": utc_or_none(product.archived_at),
        "url": address(f"/products/{product.slug}/"),
    }


def repository_shape(product: Product) -> dict[str, Any] | None:
    if product.repository is None:
        return None
    row = product.repository
    return {
        "url": row.url,
        "main": product.policy.get("main") or process_policy(product).get("main", "main"),
        "forge": row.forge,
        "username": row.username,
        "token_set": bool(row.token),
        "write_back": row.write_back,
        "shared_with": sorted(one.slug for one in row.products.all() if one.pk != product.pk),
    }


def process_shape(version: ProcessVersion) -> dict[str, Any]:
    process, clocks = version.process, version.clocks()
    keys = [clock.key for clock in clocks]
    return {
        "key": process.key,
        "name": process.name,
        "version": version.number,
        "sha256": version.sha256,
        "at": utc(version.at),
        "severities": [_severity(row, keys) for row in version.severities.order_by("position")],
        "clocks": [
            {"key": c.key, "label": c.label, "kind": c.kind, "start": c.start, "stop": list(c.stop)} for c in clocks
        ],
        "roles": version.document.get("roles", []),
        "url": address(f"/processes/{process.key}/"),
    }  # fmt: skip


def current_shape(process: Process) -> dict[str, Any]:
    """Of one that has a current version."""
    assert process.current
    return process_shape(process.current)


def _severity(severity: Severity, clocks: list[str]) -> dict[str, Any]:
    same = ("key", "label", "rank", "mark", "wake", "proceed", "examples")
    facts = {name: getattr(severity, name) for name in same}
    return {**facts, "targets": {key: severity.target(key).text() for key in clocks}}
