"""List, read, add, change, switch, archive; look now; uptime."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, get_args

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from accounts.access import authorize
from accounts.bearer import person_of, token_of
from accounts.replay import once_by_token
from foundation import moment
from foundation.shapes import Listed, Paging, Text, comma_list, listed, utc
from monitoring import archive, check, probes, switch
from monitoring.add import add, strange_environment
from monitoring.api.operations import SEEN_WITH, SET_WITH, Verbs, allowed_one
from monitoring.api.shapes import (
    MonitorFacts,
    MonitorShape,
    MonitorUptime,
    NewMonitor,
    ShownState,
    monitor_shape,
    uptime_shape,
    with_targets,
)
from monitoring.edit import edit
from monitoring.history import uptimes
from monitoring.models import Kind, Monitor, Target
from monitoring.push_keys import push_url, rotate_key
from products.api import named_product, severity_of
from products.models import Product
from products.token_products import narrowed

router = Router(tags=["monitors"], auth=SET_WITH)


class MonitorFilters(Paging):
    q: Annotated[Text, Field(description="Part of the name.")] = ""
    product: Annotated[Text, Field(description="Its slug.")] = ""
    kind: Kind | None = None
    state: Annotated[Text, Field(description="Comma list of states; any target counts.")] = ""
    archived: Annotated[bool, Field(description="The archived ones instead.")] = False


class Days(Schema):
    days: Literal["1", "7", "30", "90"] = "30"


@router.get("/monitors", auth=SEEN_WITH, response=Listed[MonitorShape])
def list_monitors(request: HttpRequest, asked: Query[MonitorFilters]) -> dict[str, Any]:
    """Those of one's products, by name; archived ones apart."""
    rows = _reachable(request).filter(archived_at__isnull=not asked.archived)
    if asked.q:
        rows = rows.filter(name__icontains=asked.q)
    if asked.product:
        rows = rows.filter(product=named_product(request, asked.product))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.state:
        states = comma_list(asked.state, "state", get_args(ShownState))
        rows = rows.filter(pk__in=Target.objects.filter(archived_at=None).shown_in(states).values("monitor"))
    return listed(asked.page(rows, "name", "pk"), monitor_shape)


@router.post("/monitors", response={201: MonitorShape, 200: MonitorShape})
def add_monitor(request: HttpRequest, body: NewMonitor) -> Status[dict[str, Any]]:
    """Something to watch. Without `target` it waits for what scripts push; `push_url` says where to."""
    user, facts = person_of(request), body.facts()
    product = named_product(request, facts.pop("product"))
    authorize(user, "add_monitor", product)
    facts = _checked(product, facts, facts["kind"], facts.get("target", ""))
    enabled = facts.pop("enabled", True)

    def make() -> str:
        with transaction.atomic():
            monitor = add(product, by=user, **{"target": "", **facts})
            if not enabled:
                switch.disable(monitor, by=user)
        return monitor.slug

    slug, fresh = once_by_token(request, "monitor", body.model_dump(mode="json"), make)
    monitor = monitor_of(request, slug)
    return Status(201 if fresh else 200, monitor_shape(monitor, push_url(monitor)))


@router.get("/monitors/{slug}", auth=SEEN_WITH, response=MonitorShape)
def read_monitor(request: HttpRequest, slug: str) -> dict[str, Any]:
    """One monitor with its targets, its state and the last look."""
    return monitor_shape(monitor_of(request, slug))


@router.patch("/monitors/{slug}", response=MonitorShape)
def change_monitor(request: HttpRequest, slug: str, body: MonitorFacts) -> dict[str, Any]:
    """Changes what is given. Another target, expectation or mapping makes it unknown until it is looked at."""
    monitor, user, facts = monitor_of(request, slug, "edit"), person_of(request), body.facts()
    if "product" in facts:
        facts["product"] = named_product(request, facts["product"])
        authorize(user, "add_monitor", facts["product"])
    whole = {"target": monitor.target, "expect": monitor.expect, "mapping": monitor.mapping, **facts}
    if bool(whole["target"]) == monitor.waits:
        words = _("Whether it waits for a script stays as it is. Add another monitor instead.")
        raise ValidationError({"target": words})
    checked = _checked(facts.get("product", monitor.product), whole, monitor.kind, whole["target"])
    edit(monitor, by=user, **{name: checked[name] for name in facts})
    return monitor_shape(monitor_of(request, slug))


@router.get("/monitors/{slug}/uptime", auth=SEEN_WITH, response=MonitorUptime)
def read_uptime(request: HttpRequest, slug: str, asked: Query[Days]) -> dict[str, Any]:
    """Percentages with the seconds they stand on. The monitor as a whole is at each moment its worst target."""
    monitor, now, days = monitor_of(request, slug), moment.now(), int(asked.days)
    targets = list(monitor.present_targets)  # type: ignore[attr-defined]
    whole, each = uptimes(targets, now, days)
    return {
        **uptime_shape(whole),
        "days": days,
        "start": utc(now - timedelta(days=days)),
        "end": utc(now),
        "targets": [{"key": t.key, "name": t.name, **uptime_shape(each[t.pk])} for t in targets],
    }


@router.post("/monitors/{slug}/rotate_key", response=MonitorShape, summary="Rotate push key")
def rotate(request: HttpRequest, slug: str) -> dict[str, Any]:
    """A new key to push with, told only now; the old one opens nothing from now on."""
    monitor = monitor_of(request, slug, "rotate_key")
    if not monitor.waits:
        raise ValidationError(_("This monitor looks by itself; nothing is pushed to it."))
    rotate_key(monitor, by=person_of(request))
    return monitor_shape(monitor_of(request, slug), push_url(monitor))


def monitor_of(request: HttpRequest, slug: str, action: str = "view") -> Monitor:
    """The monitor of the address, for who may do `action`; 404 for one out of reach."""
    return allowed_one(request, _reachable(request), slug, action)


def _reachable(request: HttpRequest) -> QuerySet[Monitor]:
    rows = Monitor.objects.visible_to(person_of(request))
    return with_targets(narrowed(rows, token_of(request)))


def _checked(product: Product, facts: dict[str, Any], kind: str, target: str) -> dict[str, Any]:
    """The facts with the severity's key as its process writes it. ValidationError for what no probe can use."""
    if facts.get("severity"):
        facts["severity"] = severity_of(product, facts["severity"]).key
    expect, mapping = facts.get("expect") or {}, facts.get("mapping") or ""
    wrong = probes.problems(kind, target, expect, mapping)
    for name, given in (("expect", expect), ("mapping", mapping)):
        place = given.get("environment") if isinstance(given, dict) and name not in wrong else ""
        if strange := strange_environment(product, place):
            wrong[f"{name}.environment"] = strange
    if wrong:
        raise ValidationError({field: str(words) for field, words in wrong.items()})
    return facts


_verbs = Verbs(router, "monitor", monitor_of, monitor_shape, MonitorShape)
_verbs.add("check", check.check, "Look now instead of at the next interval. For whoever responds.")
_verbs.add("enable", switch.enable, "Watch again.")
_verbs.add(
    "disable", switch.disable, "Pause: watch no longer. The time until it is enabled counts as unwatched."
)
_verbs.add("archive", archive.archive, "Watch no more, for good; its history stays.")
