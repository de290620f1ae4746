"""A product with all that belongs to it in one request: parts, places, who is told, who decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Team, User
from products.api.people import NewContact, NewHolder, contact_facts, somebody
from products.api.shapes import NewEnvironment, RepositoryFacts
from products.components import set_components
from products.contacts import add_contact
from products.create_product import create_product
from products.edit_product import edit_product
from products.environments import add_environment, change_environment, remove_environment
from products.models import Process, Product
from products.policy_overrides import set_policy
from products.repositories import change_repository, disconnect_repository, tell
from products.role_holders import list_for_role
from products.setup.proposal import proposal
from products.vocabulary import EnvironmentKind


@transaction.atomic
def make_whole(user: User, team: Team, process: Process, facts: dict[str, Any]) -> Product:
    """All of it or nothing. ValidationError by field, such as `contacts.1.user`."""
    belongings = {name: facts.pop(name, []) for name in ("environments", "contacts", "roles")}
    components = facts.pop("components", [])
    code: dict[str, Any] = {name: facts.pop(name) for name in ("policy", "repository") if name in facts}
    product = create_product(by=user, team=team, process=process, **facts)
    set_parts(product, components, by=user)
    own = [
        given.name.casefold()
        for given in belongings["environments"]
        if given.kind == EnvironmentKind.PRODUCTION
    ]
    first = product.environments.get()
    set_places(product, belongings["environments"], by=user)
    if (
        own and first.name.casefold() not in own
    ):  # production has a name of its own: ours would stay unknown for ever
        remove_environment(first, by=user)
    _tell(product, belongings["contacts"], user)
    _list(product, belongings["roles"], user)
    set_code(product, code, by=user)
    return product


@transaction.atomic
def change_whole(product: Product, user: User, facts: dict[str, Any]) -> None:
    """What is given: components are replaced, environments added, or changed where the name is known."""
    components, environments = facts.pop("components", None), facts.pop("environments", [])
    code: dict[str, Any] = {name: facts.pop(name) for name in ("policy", "repository") if name in facts}
    present = {
        name: getattr(product, name) for name in ("name", "process", "aliases", "first_release", "version", "call")
    }  # fmt: skip
    edit_product(product, by=user, **{**present, **facts})
    if components is not None:
        set_parts(product, components, by=user)
    set_places(product, environments, by=user)
    set_code(product, code, by=user)


def set_code(product: Product, code: dict[str, Any], *, by: User) -> None:
    """What was given of `policy` and `repository`; `main` of the repository is the policy's, and comes last."""
    if "policy" in code:
        set_policy(product, code["policy"], by=by)
        if product.repository:
            tell(product.repository)
    if "repository" not in code:
        return
    if code["repository"] is None:
        disconnect_repository(product, by=by)
        return
    given: RepositoryFacts = code["repository"]
    facts = given.facts()
    with _within("repository"):
        change_repository(product, by=by, url=facts.pop("url", "") or None, **facts)


def set_parts(product: Product, names: Sequence[str], *, by: User) -> None:
    """`names` as people call the parts; a key or label of the process means its part, so that its options find it."""
    known = {part.slug.casefold(): part.slug for part in proposal(product.process).parts}
    known |= {part.name.casefold(): part.slug for part in proposal(product.process).parts}
    set_components(product, [(known.get(name.strip().casefold(), ""), name) for name in names], by=by)


def set_places(product: Product, environments: Sequence[NewEnvironment], *, by: User) -> None:
    for number, given in enumerate(environments):
        facts: dict[str, Any] = {"name": given.name, "kind": given.kind}
        if "hosts" in given.model_fields_set:
            facts["hosts"] = given.hosts
        present = product.environments.filter(name__iexact=given.name).first()
        with _within(f"environments.{number}"):
            if present:
                change_environment(present, by=by, **facts)
            else:
                add_environment(product, by=by, **facts)


def _tell(product: Product, contacts: Sequence[NewContact], by: User) -> None:
    for number, given in enumerate(contacts):
        with _within(f"contacts.{number}"):
            add_contact(product, by=by, **contact_facts(given))


def _list(product: Product, roles: Sequence[NewHolder], by: User) -> None:
    for number, given in enumerate(roles):
        with _within(f"roles.{number}"):
            list_for_role(product, role=given.role, user=somebody(given.user), by=by)


@contextmanager
def _within(place: str) -> Iterator[None]:
    """What is wrong in there is told with where there is."""
    try:
        yield
    except ValidationError as error:
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        raise ValidationError(
            {f"{place}.{field}".rstrip("."): messages for field, messages in told.items()}
        ) from None
