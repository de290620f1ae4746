"""How reading a product's repository goes, for scripts; asking for a look; the secret of its hook."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from accounts.access import allowed
from accounts.bearer import person_of
from accounts.replay import once_by_token
from foundation.shapes import Body, Plain, Utc, utc_or_none
from hotfixes.connecting.shown import status
from hotfixes.hooks.address import receiver_address
from hotfixes.models import Mirror
from hotfixes.observing import asking
from products.api.lookup import product_of
from products.api.routing import SEEN_WITH, SET_WITH
from products.api.shapes import RepositoryShape, repository_shape
from products.models import Product, Repository
from products.repositories import end_old_secret, replace_secret

router = Router(tags=["products"])


class TroubleShape(Schema):
    """`code` stays the same from version to version; `detail` is in git's words, without secrets."""

    code: str
    sentence: str
    todo: str
    detail: str
    since: Utc | None


class ReadingShape(RepositoryShape):
    """`found` is what the last good look found of this product: branches, tags, newest, files, changelog.

    `hook` is the receiver's address, for who manages the product; null for others. For plain git anything posted to it
    asks for a look.
    """

    state: Literal["waiting", "reading", "ready", "trouble"]
    percent: int | None
    trouble: TroubleShape | None
    looked_at: Utc | None
    good_at: Utc | None
    default_branch: str
    found: dict[str, Any] | None
    hook: str | None


class HookSecret(Body):
    """`secret`: one that the forge made; without it one is made here."""

    secret: Annotated[str, Field(max_length=200), Plain] = ""


class SecretShape(Schema):
    """Told this once: null in the repetition. The secret before it stays valid until it is ended."""

    hook: str
    secret: str | None


@router.get("/products/{slug}/repository", auth=SEEN_WITH, response=ReadingShape)
def read_repository(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Where its code lies, how reading it goes and what was found. 404 when none is connected."""
    return reading_shape(request, product_of(request, slug))


@router.post("/products/{slug}/repository/look", auth=SET_WITH, response={202: ReadingShape})
def look_at_repository(request: HttpRequest, slug: str) -> Status[dict[str, Any]]:
    """Asks a worker to look now. Any number of requests is one look."""
    product = product_of(request, slug, "edit")
    asking.fetch(_row(product))
    return Status(202, reading_shape(request, product))


@router.post("/products/{slug}/repository/secret", auth=SET_WITH, response=SecretShape)
def replace_hook_secret(request: HttpRequest, slug: str, body: HookSecret) -> dict[str, Any]:
    """Another secret for the forge's hook, told this once."""
    product = product_of(request, slug, "edit")
    row, told = _row(product), []

    def replace() -> int:
        told.append(replace_secret(row, by=person_of(request), secret=body.secret))
        return row.pk

    # What was sent is a secret, and a key's body is kept by its digest alone.
    once_by_token(request, f"hook_secret:{row.pk}", body.model_dump(mode="json"), replace)
    return {"hook": receiver_address(row), "secret": told[0] if told else None}


@router.post("/products/{slug}/repository/secret/end", auth=SET_WITH, response=ReadingShape)
def end_old_hook_secret(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The forge has the new secret: from now on only that one is believed."""
    product = product_of(request, slug, "edit")
    end_old_secret(_row(product), by=person_of(request))
    return reading_shape(request, product)


def reading_shape(request: HttpRequest, product: Product) -> dict[str, Any]:
    row = _row(product)
    shown = status(product)
    mirror = shown.mirror or Mirror()
    trouble = {
        "code": mirror.trouble,
        "sentence": shown.sentence,
        "todo": shown.advice,
        "detail": mirror.detail,
        "since": utc_or_none(mirror.trouble_since),
    }
    manages = allowed(person_of(request), "edit", product)
    found = mirror.found.get(str(product.pk))
    return {
        **(repository_shape(product) or {}),
        "state": shown.kind,
        "percent": mirror.percent,
        "trouble": trouble if shown.kind == "trouble" else None,
        "looked_at": utc_or_none(mirror.looked_at),
        "good_at": utc_or_none(mirror.good_at),
        "default_branch": mirror.default_branch,
        "found": {name: value for name, value in found.items() if name != "by"} if found else None,
        "hook": receiver_address(row) if manages else None,
    }


def _row(product: Product) -> Repository:
    if product.repository is None:
        raise Http404
    return product.repository
