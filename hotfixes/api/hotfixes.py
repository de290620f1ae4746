"""Hotfixes by script: starting one, how its checks stand, and what a person says of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import ConfigDict, Field

from accounts.access import authorize
from accounts.bearer import Bearer, person_of, token_of
from accounts.models import Scope, User
from accounts.replay import once_by_token
from foundation.files import WithFile
from foundation.problems import problem
from foundation.shapes import Body, Listed, Moment, Paging, Plain, Reason, Text, Words, comma_list, listed
from hotfixes.api.shapes import Checks, CheckShape, HotfixShape, check_shape, hotfix_shape, hotfix_shapes
from hotfixes.lifecycle import changing, ending
from hotfixes.lifecycle.start import Begun, start
from hotfixes.models import Hotfix
from hotfixes.models.hotfix import HotfixQuerySet
from hotfixes.observing import asking
from hotfixes.said import overriding
from hotfixes.standing import standing
from incidents.api.reading import incident_of, named_incident
from products.api import named_product
from products.models import Product
from products.token_products import narrowed

# One router for all files here that share an address.
router = Router(tags=["hotfixes"], auth=Bearer(Scope.READ, Scope.HOTFIXES, Scope.INCIDENTS))
ACTED_WITH = Bearer(Scope.HOTFIXES)
Name = Annotated[str, Field(max_length=250), Plain]


class NewHotfix(Body):
    """`base_tag`: the tag in production, by the policy unless given. `branch`: one that is there already. `component`:
    the part of a monorepo. `version`: the one it brings, where the one in production cannot be counted up (a fourth
    number, a pre-release) or another one is meant. `product`: its slug, where the incident concerns more than its own.
    """

    model_config = ConfigDict(
        strict=True, extra="forbid", json_schema_extra={"examples": [{"slug": "login-loop"}]}
    )

    base_tag: Name = ""
    slug: Annotated[str, Field(max_length=60), Plain] = ""
    product: Annotated[str, Field(max_length=80), Plain] = ""
    branch: Name = ""
    component: Annotated[str, Field(max_length=60), Plain] = ""
    version: Annotated[str, Field(max_length=80), Plain] = ""
    at: Moment | None = None


def like(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(strict=True, extra="forbid", json_schema_extra={"examples": [example]})


class Abandoning(Body):
    model_config = like({"reason": "We roll back"})

    reason: Reason


class Overriding(Body):
    model_config = like({"reason": "Nobody else is awake"})

    reason: Reason
    at: Moment | None = None


class Agreeing(Body):
    model_config = like({})

    at: Moment | None = None


class Attesting(WithFile):
    model_config = like({"text": "Merged by hand", "url": "https://git.example.org/pulls/7"})

    text: Words = ""
    url: Annotated[str, Field(max_length=1000), Plain] = ""
    at: Moment | None = None


class Withdrawing(Body):
    """What is taken back: the override or the last attestation."""

    model_config = like({"what": "override", "reason": "It was looked at after all"})

    what: Literal["override", "attestation"]
    reason: Annotated[str, Field(max_length=1000), Plain] = ""


class Merging(Body):
    model_config = like({"merge": "merge", "reason": "Main has gone on since the release"})

    merge: Literal["ff-only", "merge", "forward-port", "any"]
    reason: Reason


class HotfixFilters(Paging):
    status: Annotated[Text, Field(description="Comma list of open, released, abandoned; all without.")] = ""
    product: Annotated[Text, Field(description="Its slug.")] = ""
    incident: Annotated[Text, Field(description="Its ref.")] = ""


@router.post("/incidents/{ref}/hotfixes", auth=ACTED_WITH, response={201: HotfixShape, 200: HotfixShape})
def start_hotfix(request: HttpRequest, ref: str, body: NewHotfix) -> Any:
    """Begins one: names of branch, tag and version by the policy, which stays as it is now for this hotfix. 409 with
    the present one (`hotfix`) where one is under way for the product.
    """
    incident, user = incident_of(request, ref, "view"), person_of(request)
    authorize(user, "start_hotfix", incident)
    facts = body.facts()
    product = _product(request, facts.pop("product", ""), user)

    def do() -> str:
        return start(incident, by=user, product=product, **facts).ref

    sent = body.model_dump(mode="json", exclude_unset=True)
    try:
        made, fresh = once_by_token(request, f"hotfix:{incident.ref}", sent, do)
    except Begun as begun:
        present = hotfix_shape(standing.standing(hotfix_of(request, begun.standing.ref)))
        return problem(409, begun.words, hotfix=present)
    return Status(201 if fresh else 200, shape(request, made))


@router.get("/hotfixes", response=Listed[HotfixShape])
def list_hotfixes(request: HttpRequest, asked: Query[HotfixFilters]) -> dict[str, Any]:
    """Those of the incidents one may see, the newest first."""
    found = asked.page(_matching(request, asked).for_page(), "-number")
    shown = hotfix_shapes(list(standing.of(found.items)))
    return listed(found, lambda hotfix: shown[hotfix.pk])


@router.get("/hotfixes/{ref}", response=HotfixShape)
def read_hotfix(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One with all its checks, and the process's commands with its names."""
    return shape(request, ref)


@router.get("/hotfixes/{ref}/checks", response=Checks)
def read_checks(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Every check in the process's order with its verdict, its proof and what people said of it."""
    found = standing.checks(hotfix_of(request, ref))
    return {"items": [check_shape(check) for check in found], "next": None}


@router.post("/hotfixes/{ref}/checks/{key}/attest", auth=ACTED_WITH, response=CheckShape)
def attest_check(request: HttpRequest, ref: str, key: str, body: Attesting) -> dict[str, Any]:
    """The token's person says that it is so. The verdict stays what it is; the word stands beside it."""
    hotfix = acted_on(request, ref, key, "attest")
    do = partial(overriding.attest, hotfix, key, by=person_of(request), **body.facts())
    act(request, f"attest:{hotfix.ref}:{key}", body, do)
    return _check(request, ref, key)


@router.post("/hotfixes/{ref}/checks/{key}/override", auth=ACTED_WITH, response=CheckShape)
def override_check(request: HttpRequest, ref: str, key: str, body: Overriding) -> dict[str, Any]:
    """It goes on although the check does not say that it is done. An approval needs a second person (confirm)."""
    hotfix = acted_on(request, ref, key, "override")
    do = partial(overriding.override, hotfix, key, by=person_of(request), **body.facts())
    act(request, f"override:{hotfix.ref}:{key}", body, do)
    return _check(request, ref, key)


@router.post("/hotfixes/{ref}/checks/{key}/override/confirm", auth=ACTED_WITH, response=CheckShape)
def confirm_override(request: HttpRequest, ref: str, key: str, body: Agreeing) -> dict[str, Any]:
    """The second person agrees, who did not write the fix."""
    hotfix = acted_on(request, ref, key, "override")
    do = partial(overriding.confirm, hotfix, key, by=person_of(request), **body.facts())
    act(request, f"confirm:{hotfix.ref}:{key}", body, do)
    return _check(request, ref, key)


@router.post("/hotfixes/{ref}/checks/{key}/withdraw", auth=ACTED_WITH, response=CheckShape)
def withdraw_word(request: HttpRequest, ref: str, key: str, body: Withdrawing) -> dict[str, Any]:
    """An override or attestation does not hold after all; what was said stays on the timeline."""
    hotfix = acted_on(request, ref, key, "override")
    find = overriding.overridden if body.what == "override" else overriding.attested

    def do() -> object:
        said = find(hotfix, key)
        if said is None:
            raise ValidationError({"what": _("Nobody has said so.")})
        return overriding.withdraw(said, by=person_of(request), reason=body.reason)

    act(request, f"withdraw:{hotfix.ref}:{key}", body, do)
    return _check(request, ref, key)


@router.post("/hotfixes/{ref}/recheck", auth=ACTED_WITH, response={202: HotfixShape})
def recheck(request: HttpRequest, ref: str) -> Status[dict[str, Any]]:
    """Asks for a look at the repository and the forge, now. What it finds is there some seconds later."""
    hotfix = acted_on(request, ref, "", "recheck")
    if hotfix.repository:
        asking.fetch(hotfix.repository)
    asking.ask(hotfix)
    return Status(202, shape(request, ref))


@router.post("/hotfixes/{ref}/abandon", auth=ACTED_WITH, response=HotfixShape)
def abandon(request: HttpRequest, ref: str, body: Abandoning) -> dict[str, Any]:
    """It does not go on, and why."""
    hotfix = acted_on(request, ref, "", "abandon")
    do = partial(ending.abandon, hotfix, by=person_of(request), reason=body.reason)
    act(request, f"abandon:{hotfix.ref}", body, do)
    return shape(request, ref)


@router.post("/hotfixes/{ref}/merge_policy", auth=ACTED_WITH, response=HotfixShape)
def change_merge(request: HttpRequest, ref: str, body: Merging) -> dict[str, Any]:
    """This hotfix alone is merged otherwise than its process says, and why."""
    hotfix = acted_on(request, ref, "", "change_merge")
    do = partial(changing.change_merge, hotfix, body.merge, by=person_of(request), reason=body.reason)
    act(request, f"merge_policy:{hotfix.ref}", body, do)
    return shape(request, ref)


def act(request: HttpRequest, operation: str, body: Body, do: Callable[[], object]) -> None:
    sent = body.model_dump(mode="json", exclude_unset=True)
    once_by_token(request, operation, sent, do)


def _reachable(request: HttpRequest) -> HotfixQuerySet:
    """What both the person and the token may see."""
    rows = narrowed(Hotfix.objects.visible_to(person_of(request)), token_of(request))
    assert isinstance(rows, HotfixQuerySet)
    return rows


def hotfix_of(request: HttpRequest, ref: str) -> Hotfix:
    try:
        rows = narrowed(Hotfix.objects.for_page(), token_of(request))
        found: Hotfix = rows.in_sight(ref, person_of(request))  # type: ignore[attr-defined]
    except ObjectDoesNotExist:
        raise Http404 from None
    authorize(person_of(request), "view", found)
    return found


def acted_on(request: HttpRequest, ref: str, key: str, action: str) -> Hotfix:
    """The hotfix, for who may do `action`; 404 for a check that there is none of."""
    found = hotfix_of(request, ref)
    authorize(person_of(request), action, found)
    if key and standing.standing(found).check(key) is None:
        raise Http404
    return found


def shape(request: HttpRequest, ref: str) -> dict[str, Any]:
    return hotfix_shape(standing.standing(hotfix_of(request, ref)))


def _check(request: HttpRequest, ref: str, key: str) -> dict[str, Any]:
    found = standing.standing(hotfix_of(request, ref)).check(key)
    if found is None:
        raise Http404
    return check_shape(found)


def _product(request: HttpRequest, slug: str, user: User) -> Product | None:
    """ValidationError for one out of reach."""
    if not slug:
        return None
    rows = narrowed(Product.objects.visible_to(user).active(), token_of(request), "pk")
    found = rows.filter(slug=slug.lower()).first()
    if found is None:
        raise ValidationError({"product": _("You see no such product.")})
    return found


def _matching(request: HttpRequest, asked: HotfixFilters) -> HotfixQuerySet:
    hotfixes = _reachable(request)
    if asked.status:
        hotfixes = hotfixes.filter(status__in=comma_list(asked.status, "status", Hotfix.Status.values))
    if asked.product:
        hotfixes = hotfixes.filter(product=named_product(request, asked.product))
    if asked.incident:
        hotfixes = hotfixes.filter(incident=named_incident(request, asked.incident))
    return hotfixes
