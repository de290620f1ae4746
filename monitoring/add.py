"""Adding a monitor. It is due at once; until the first look it is unknown."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.turns import wait_for_turn
from monitoring import announce
from monitoring.models import Kind, Monitor, Target
from monitoring.probes.soak import GROWS
from monitoring.push_keys import make_key
from products.models import Product

RESERVED = frozenset({"new"})
# A summary's words were confirmed by who wrote it; an address is asked thrice before anybody is woken.
THRESHOLDS: dict[str, dict[str, int]] = {
    Kind.HTTP: {"fail_after": 3, "recover_after": 2},
    Kind.SUMMARY: {"fail_after": 1, "recover_after": 1},
    Kind.HEARTBEAT: {"fail_after": 3, "recover_after": 1},
    Kind.FILE: {"fail_after": 1, "recover_after": 1},
    Kind.SOAK: {"fail_after": 1, "recover_after": 1},
    Kind.PROMETHEUS: {"fail_after": 2, "recover_after": 2},
}


def add(
    product: Product, *, by: User | None, kind: str, target: str, name: str = "", **facts: Any
) -> Monitor:
    """A new monitor of `product`; `facts` are fields of it. Raises ValidationError for facts that cannot be."""
    name = (name.strip() or suggested_name(target, kind))[:120]
    with transaction.atomic():
        wait_for_turn("monitor_slugs")
        now = moment.now()
        facts = {**THRESHOLDS.get(kind, {}), **facts}
        facts["expect"] = growing(kind, facts.get("expect") or {})
        monitor = Monitor(
            product=product, kind=kind, target=target, name=name, slug=free_slug(name), due_at=now, **facts
        )
        monitor.full_clean()
        monitor.save()
        if not target:
            make_key(monitor)
        if kind in (Kind.HTTP, Kind.HEARTBEAT, Kind.PROMETHEUS):
            Target.objects.create(monitor=monitor, key="", name="", since=now)
        announce.wake()
        announce.refresh([product.team_id])
    return monitor


def growing(kind: str, expect: dict[str, Any]) -> dict[str, Any]:
    """A soak test's log must be written within an hour, unless it says otherwise."""
    return {**GROWS, **expect} if kind == Kind.SOAK else expect


def strange_environment(product: Product, name: Any) -> str:
    """What is wrong with the environment that a version is to be of: none of the product's. "" if nothing."""
    word, there = str(name or "").strip().casefold(), list(product.environments.all())
    if not word or any(word in (one.slug.casefold(), one.name.casefold(), one.kind) for one in there):
        return ""
    words = {"product": product.name, "names": ", ".join(one.slug for one in there)}
    return _("%(product)s has these environments: %(names)s.") % words


def suggested_name(target: str, kind: str = Kind.HEARTBEAT) -> str:
    """What people call it: the host without "www.", with the path where there is one; of a file its name and folder;
    of what a script sends, what that is."""
    parts = urlsplit(target)
    if parts.scheme in ("http", "https") and parts.hostname:
        path = unquote(parts.path).strip("/")
        host = parts.hostname.removeprefix("www.")
        return f"{host}/{path}"[:120] if path else host[:120]
    if not target:
        names = {Kind.FILE: _("Files"), Kind.SOAK: _("Soak test"), Kind.SUMMARY: _("Summary")}
        return names.get(Kind(kind), _("Heartbeat"))
    return "/".join(target.rstrip("/").split("/")[-2:])[:120]


def free_slug(name: str) -> str:
    """A slug that no monitor has or had: archived ones keep theirs."""
    base = slugify(name.replace(".", "-").replace("/", "-"))[:70].strip("-") or "monitor"
    taken = set(Monitor.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)
