"""Connecting a tool that sends alerts: adding, changing, switching, another key, archiving."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.secrets import SecretLost, seal, unseal
from foundation.turns import wait_for_turn
from foundation.written import address
from monitoring import announce
from monitoring.models import AlertSource, Tool
from monitoring.push_keys import digest
from products.models import Product

_log = structlog.get_logger(__name__)

RESERVED = frozenset({"new"})
EDITABLE = frozenset({"name", "product", "environment", "severities", "severity", "opens_incident"})
MOST_WORDS = 40


def connect(product: Product, *, by: User | None, tool: str, name: str = "", **facts: Any) -> AlertSource:
    """A new source of `product`; `facts` are fields of it. Raises ValidationError for facts that cannot be."""
    name = (name.strip() or Tool(tool).short)[:120]
    with transaction.atomic():
        wait_for_turn("alert_source_slugs")
        source = AlertSource(product=product, tool=tool, name=name, slug=_free_slug(name), **facts)
        _new_key(source)
        _check(source)
        source.save()
        announce.refresh([product.team_id])
        _log.info("alert_source.connected", source=source.slug, tool=tool, by=by and by.pk)
    return source


def change(source: AlertSource, *, by: User, **facts: Any) -> list[str]:
    """Sets the fields that differ; returns their names. Raises ValidationError for facts that cannot be, TypeError for
    a field that is not one of EDITABLE."""
    if unknown := facts.keys() - EDITABLE:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        held = _held(source)
        changed = sorted(name for name, value in facts.items() if getattr(held, name) != value)
        if not changed:
            return []
        teams = {held.product.team_id}
        for name in changed:
            setattr(held, name, facts[name])
        _check(held)
        held.save(update_fields=changed)
        announce.refresh(teams | {held.product.team_id})
        _log.info("alert_source.changed", source=held.slug, fields=changed, by=by.pk)
    source.refresh_from_db()
    return changed


def enable(source: AlertSource, *, by: User) -> bool:
    return _switched(source, by, enabled=True)


def disable(source: AlertSource, *, by: User) -> bool:
    """What arrives is kept, and judged by nobody. False if it was off already."""
    return _switched(source, by, enabled=False)


def rotate_key(source: AlertSource, *, by: User) -> bool:
    """True: there is a new key, always; the old one opens nothing from now on."""
    with transaction.atomic():
        held = _held(source)
        _new_key(held)
        held.save(update_fields=["digest", "sealed", "made_at"])
        _log.info("alert_source.key_rotated", source=held.slug, by=by.pk)
    source.refresh_from_db()
    return True


def archive(source: AlertSource, *, by: User) -> bool:
    """It leaves the pages and its key opens nothing; its history stays. False if it was archived already."""
    with transaction.atomic():
        rows = AlertSource.objects.filter(pk=source.pk, archived_at=None)
        if not rows.update(archived_at=moment.now()):
            return False
        announce.refresh([source.product.team_id])
        _log.info("alert_source.archived", source=source.slug, by=by.pk)
    source.refresh_from_db()
    return True


def key_of(source: AlertSource) -> str:
    """For those who may change it; "" where it is lost and must be made anew."""
    try:
        return unseal(source.sealed)
    except SecretLost:
        return ""


def url_of(source: AlertSource) -> str:
    """Where the tool sends to: with the key, but for the Events API, which has it in the body."""
    key = key_of(source)
    if not key:
        return ""
    return address("/in/events/v2/enqueue" if source.tool == Tool.EVENTS else f"/in/{source.tool}/{key}")


def _held(source: AlertSource) -> AlertSource:
    rows = AlertSource.objects.select_for_update(no_key=True, of=("self",)).select_related("product__process")
    return rows.get(pk=source.pk)


def _new_key(source: AlertSource) -> None:
    """As many signs as PagerDuty's where a client may count them, and as random."""
    key = secrets.token_hex(16) if source.tool == Tool.EVENTS else secrets.token_urlsafe(32)
    source.digest, source.sealed, source.made_at = digest(key), seal(key), moment.now()


def _check(source: AlertSource) -> None:
    """Fields, and what they say of the product: its environment, severities of its process."""
    source.severities = {word.strip().casefold(): key for word, key in source.severities.items()}
    source.full_clean()
    keys = {key.casefold(): key for key in source.product.severities().values_list("key", flat=True)}
    wrong: dict[str, str] = {}
    known = _("%(product)s has these severities: %(keys)s.")
    words = {"product": source.product.name, "keys": ", ".join(keys.values())}
    if source.severity and source.severity.casefold() not in keys:
        wrong["severity"] = known % words
    if any(key.casefold() not in keys for key in source.severities.values()):
        wrong["severities"] = known % words
    if len(source.severities) > MOST_WORDS or any(not 0 < len(word) <= 40 for word in source.severities):
        wrong["severities"] = _("At most %(n)s words, each of at most 40 signs.") % {"n": MOST_WORDS}
    if source.environment and source.environment.product_id != source.product_id:
        wrong["environment"] = _("%(product)s has no such environment.") % words
    if wrong:
        raise ValidationError(wrong)


def _switched(source: AlertSource, by: User, *, enabled: bool) -> bool:
    with transaction.atomic():
        rows = AlertSource.objects.filter(pk=source.pk, enabled=not enabled, archived_at=None)
        changed = rows.update(enabled=enabled) == 1
        if changed:
            announce.refresh([source.product.team_id])
            _log.info("alert_source.switched", source=source.slug, enabled=enabled, by=by.pk)
    source.refresh_from_db()
    return changed


def _free_slug(name: str) -> str:
    """A slug that no source has or had: archived ones keep theirs."""
    base = slugify(name)[:70].strip("-") or "alerts"
    taken = set(AlertSource.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)
