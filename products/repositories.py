"""Verbs: connect a product to its repository, change how it is read, disconnect it; the secret that signs its hook.

A row's address never changes: another address is another repository, so that nothing seen of one is told of another.
A token is sent to the origin it was entered for, and to no other.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.secrets import seal
from products import policy_overrides
from products.models import Forge, Product, Repository
from products.repository_address import Address, origin, same, understood

_log = structlog.get_logger(__name__)
_USERNAME = re.compile(r"[^\s:\x00-\x1f\x7f]{1,100}")
_TOKEN = re.compile(r"[!-~]{1,1000}")
_SECRET = re.compile(r"[!-~]{16,200}")

# Told inside the verb's transaction that a repository was connected, changed or let go: who reads it looks then.
_followers: list[Callable[[Repository], None]] = []


def follow(follower: Callable[[Repository], None]) -> None:
    """For upper apps, in AppConfig.ready()."""
    if follower not in _followers:
        _followers.append(follower)


def tell(repository: Repository) -> None:
    """Something of it is different: its token, or which products use it."""
    for follower in _followers:
        follower(repository)


@transaction.atomic
def connect_repository(
    product: Product,
    *,
    by: User,
    url: str,
    forge: str = "",
    username: str | None = None,
    token: str | None = None,
    main: str | None = None,
    write_back: bool | None = None,
) -> Repository:
    """The repository at `url`, shared with the team's other products that lie there.

    None leaves what is known of it: its token stays where the origin is the same. `token` "" removes it. `write_back`:
    the token may also say on the forge how far a hotfix is. Raises ValidationError by field.
    """
    product.repository_id = Product.objects.select_for_update().get(pk=product.pk).repository_id
    before = product.repository
    address = _understood(url, forge)
    repository = _row(product, address)
    new = repository.pk is None
    if new and before and not _foreign(before, address):
        repository.username, repository.token = before.username, before.token
    repository.forge = address.forge if (new or forge or address.forge != Forge.NONE) else repository.forge
    if write_back is not None:
        repository.write_back = write_back
    _let_in(repository, address, username, token)
    repository.save()
    product.repository = repository
    product.save(update_fields=["repository"])
    if main is not None:
        policy_overrides.set_main(product, main, by=by)
    if before and before.pk != repository.pk:
        _let_go(before)
    _log.info("repository.connected", product=product.slug, repository=repository.pk, new=new, by=by.pk)
    tell(repository)
    return repository


@transaction.atomic
def change_repository(product: Product, *, by: User, url: str | None = None, **facts: Any) -> Repository:
    """What is given of `connect_repository`'s facts. Raises ValidationError on `url` when there is none yet."""
    if url is None and product.repository is None:
        raise ValidationError({"url": _("Give the repository's address first.")})
    if url is None:
        assert product.repository
        return connect_repository(
            product, by=by, url=product.repository.url, **{"forge": product.repository.forge, **facts}
        )
    return connect_repository(product, by=by, url=url, **facts)


@transaction.atomic
def disconnect_repository(product: Product, *, by: User) -> None:
    """Nothing is read for this product any more. The last product that goes takes token and secrets with it."""
    product.repository_id = Product.objects.select_for_update().get(pk=product.pk).repository_id
    before = product.repository
    if before is None:
        return
    product.repository = None
    product.save(update_fields=["repository"])
    _log.info("repository.disconnected", product=product.slug, repository=before.pk, by=by.pk)
    _let_go(before)


@transaction.atomic
def replace_secret(repository: Repository, *, by: User, secret: str = "") -> str:
    """Another secret for its hook, made here unless the forge made one. The one before stays valid until it is ended.

    Returns it: it is shown this once. Raises ValidationError on `secret`.
    """
    row = Repository.objects.select_for_update().get(pk=repository.pk)
    secret = secret.strip() or secrets.token_urlsafe(32)
    if not _SECRET.fullmatch(secret):
        raise ValidationError(
            {"secret": _("A secret has 16 to 200 letters, digits and signs, without spaces.")}
        )
    if secret in row.hook_secrets[:1]:  # said again: the one before is still the forge's
        return secret
    row.secret_before, row.secret = row.secret, seal(secret)
    row.save(update_fields=["secret", "secret_before"])
    repository.secret, repository.secret_before = row.secret, row.secret_before
    _log.info("repository.secret_replaced", repository=row.pk, by=by.pk)
    return secret


@transaction.atomic
def end_old_secret(repository: Repository, *, by: User) -> None:
    """From now on only the new one is believed."""
    Repository.objects.filter(pk=repository.pk).update(secret_before="")
    repository.secret_before = ""
    _log.info("repository.old_secret_ended", repository=repository.pk, by=by.pk)


def shared_with(product: Product) -> list[Product]:
    """The other products that lie in the same repository."""
    if product.repository_id is None:
        return []
    return list(Product.objects.active().filter(repository=product.repository_id).exclude(pk=product.pk))


def _understood(url: str, forge: str) -> Address:
    if forge and forge not in Forge.values:
        raise ValidationError({"forge": _("Choose one of these: %s.") % ", ".join(Forge.values)})
    try:
        return understood(url, forge=forge, protocols=settings.NIGHTDESK_GIT_PROTOCOLS)
    except ValidationError as error:
        raise ValidationError({"url": error.messages}) from None


def _row(product: Product, address: Address) -> Repository:
    """The team's row for it, or a new one with a key for its hook; unsaved. One at a time: the team is locked."""
    type(product.team).objects.select_for_update().get(pk=product.team_id)
    for row in Repository.objects.filter(team=product.team_id).order_by("pk"):
        if same(row.url, address.url):
            return row
    made = Repository(team=product.team, url=address.url, forge=address.forge)
    made.renew_hook()
    made.secret = ""
    return made


def _foreign(before: Repository, address: Address) -> bool:
    return origin(before.url) != origin(address.url)


def _let_in(repository: Repository, address: Address, username: str | None, token: str | None) -> None:
    """What was typed beside the address counts before what stood in it."""
    token = token.strip() if token else token
    if token is None and address.token:
        token = address.token
    if not username and address.username:
        username = address.username
    if username is not None:
        if username.strip() and not _USERNAME.fullmatch(username.strip()):
            raise ValidationError(
                {"username": _("A user name has no spaces and no colon, and at most 100 characters.")}
            )
        repository.username = username.strip()
    if token and not _TOKEN.fullmatch(token):
        raise ValidationError(
            {"token": _("This is no token: it has only letters, digits and signs, and no spaces.")}
        )
    if token and repository.url.startswith("file:"):
        raise ValidationError({"token": _("A folder on this server needs no token.")})
    if token is not None:
        repository.token = seal(token) if token else ""


FORGOTTEN: Final = ["username", "write_back", "token", "secret", "secret_before", "hook_key", "hook_digest"]


def _let_go(repository: Repository) -> None:
    if not repository.products.exists():
        repository.username = repository.token = repository.secret = repository.secret_before = ""
        repository.write_back = False
        repository.renew_hook()  # the address that a forge may still know opens nothing any more
        repository.secret = ""
        repository.save(update_fields=FORGOTTEN)
    tell(repository)
