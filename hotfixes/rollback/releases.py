"""Which version runs, and which one ran before it: by deployments, else by hotfixes, else by tags. No git is asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError as PolicyError

from hotfixes import patterns
from hotfixes.models import RefObservation, Rollback
from hotfixes.naming import named
from hotfixes.observing.found import called_of
from hotfixes.patterns import BadPattern
from hotfixes.standing.rows import hotfixes_of
from incidents.glance import once
from incidents.models import Incident
from products.models import Deployment, Environment, Product
from products.policies import policy_of
from products.running import course
from products.versions import Version, bare
from products.vocabulary import EnvironmentKind, EventKind

MOST = 500
MOST_TAGS = 5_000
STAYED = (Deployment.Status.SUCCEEDED, Deployment.Status.ROLLED_BACK)


@dataclass(frozen=True, slots=True)
class Release:
    """`version` without `v`; `ref`: its short tag, "" where nobody can tell. `since`: when it came out, if known.

    `source`: deployments, hotfix, incident, product or tags.
    """

    version: str
    ref: str
    source: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a version ran; `until` None: it still does. `seen`: a monitor met it there at its first look, and
    since when it ran nobody knows.
    """

    version: str
    since: datetime
    until: datetime | None
    seen: bool = False


def running(incident: Incident, product: Product) -> Release | None:
    """What was brought out last and stayed; without reports what a hotfix, the incident or the product says."""
    return once(incident, f"running.{product.pk}", lambda: _running(incident, product))


def _running(incident: Incident, product: Product) -> Release | None:
    times = spans_of(incident, product)
    if times and (last := times[-1]).version:
        since = None if last.seen else last.since
        return Release(last.version, tag_of(product, last.version), "deployments", since)
    version, source = _said(incident, product)
    gone = {one.version for one in times[-2:]}  # it was taken back, and nobody knows to what
    return Release(version, tag_of(product, version), source) if version not in {"", *gone} else None


def before(incident: Incident, product: Product, now_runs: Release) -> Release | None:
    """What ran before it: the last lower one. Without reports the version a hotfix began from; else by tags."""
    times = spans_of(incident, product)
    for one in reversed(times):
        if one.version not in ("", now_runs.version) and lower(one.version, now_runs.version) is not False:
            first = next(span.since for span in times if span.version == one.version)
            return Release(one.version, tag_of(product, one.version), "deployments", first)
    rows = product.hotfixes.filter(new_version=now_runs.version).exclude(old_version="")
    if hotfix := rows.select_related("incident").order_by("-number").first():
        return Release(hotfix.old_version, named.base_tag(hotfix), "hotfix")
    there = [one for one in tags(product) if lower(one[0], now_runs.version)]
    if not there:
        return None
    version, name = max(there, key=lambda one: _key(one[0]))
    return Release(version, name, "tags", tagged_at(product, name))


def of_rollback(
    rollback: Rollback, runs: Release | None, target: Release | None
) -> tuple[Release | None, Release | None]:
    """From where and to where it leads since it began; with all that is known of both where they are still these."""
    source, there = rollback.from_version, rollback.to_version
    if source and (runs is None or runs.version != source):
        runs = Release(source, rollback.from_ref, "rollback")
    if target is None or target.version != there:
        target = Release(there, rollback.to_ref, "rollback")
    return runs, target


def environments(incident: Incident, product: Product) -> list[Environment]:
    """The one that the incident is about, where it is a production; else all productions of the product."""
    if (
        incident.environment is not None
        and incident.environment.kind == EnvironmentKind.PRODUCTION
        and incident.environment.product_id == product.pk
    ):
        return [incident.environment]
    return list(product.environments.filter(kind=EnvironmentKind.PRODUCTION))


def spans_of(incident: Incident, product: Product) -> list[Span]:
    """Those of its productions; asked once for a page."""
    return once(
        incident,
        f"spans.{product.pk}",
        lambda: spans(product, environments(incident, product), lambda: _said_out(incident)),
    )


def _said_out(incident: Incident) -> datetime | None:
    """When a person said last that a fix is out: which version that is, no report says."""
    said = incident.events.filter(kind=EventKind.DEPLOYED, actor__isnull=False)
    return said.order_by("-seq").values_list("occurred_at", flat=True).first()


def spans(
    product: Product, places: list[Environment], said_out: Callable[[], datetime | None] = lambda: None
) -> list[Span]:
    """Which version ran from when to when, the oldest first, by what was reported of any of these places and read as
    everywhere (products/running.py); of a rollout that was halted who has the version keeps it. What was brought back
    by a person's word runs no more once a person has said that something else is out.
    """
    rows = Deployment.objects.filter(product=product, environment__in=places, status__in=STAYED)
    rows = rows.exclude(stage=Deployment.Stage.HALTED).defer("git_ref", "url", "foreign_id", "token")
    told = list(rows.order_by("-at", "-pk")[:MOST])[::-1]
    by_hand = (Deployment.Source.PERSON, Deployment.Status.ROLLED_BACK)
    if told and (told[-1].source, told[-1].status) == by_hand and (out := said_out()) and told[-1].at < out:
        told.pop()
    ran = [
        (one.since, bare(one.version), _is_first_seen(one.by))
        for place in places
        for one in course(place, [each for each in told if each.environment_id == place.pk])
        if one.since
    ]
    found: list[Span] = []
    for at, version, seen in sorted(ran):
        if found and found[-1].version == version:
            continue
        if found:
            found[-1] = replace(found[-1], until=at)
        found.append(Span(version, at, None, seen))
    return found


def _is_first_seen(by: Deployment | None) -> bool:
    return by is not None and by.source == Deployment.Source.PROBE and not by.was


def tag_of(product: Product, version: str) -> str:
    """The short name of its production tag by the policy; "" where the policy cannot say."""
    if not version:
        return ""
    try:
        pattern = policy_of(product).tag or ""
    except PolicyError:
        return ""
    name = patterns.formatted(pattern, {"product": called_of(product), "new": version})
    return name if named.complete(name) else ""


def tags(product: Product) -> Iterator[tuple[str, str]]:
    """(version, short name) of each production tag that was there when somebody looked last."""
    if product.repository_id is None:
        return
    try:
        pattern = policy_of(product).tag or "v{new}"
    except PolicyError:
        return
    known = {"product": called_of(product)}
    prefix = "refs/tags/" + patterns.formatted(pattern.partition("{new}")[0], known)
    rows = RefObservation.objects.filter(repository=product.repository_id, name__startswith=prefix)
    latest = rows.order_by("name", "-pk").distinct("name").values_list("name", "commit")
    for name, commit in latest[:MOST_TAGS]:
        short = name.removeprefix("refs/tags/")
        try:
            words = patterns.recognised(pattern, short, known) if commit else None
        except BadPattern:
            return
        if words and "new" in words:
            yield words["new"], short


def tagged_at(product: Product, name: str) -> datetime | None:
    """When the tag was made, if the last look at the repository kept it."""
    mirror = getattr(product.repository, "mirror", None) if product.repository_id else None
    found = (mirror.found.get(str(product.pk)) or {}) if mirror else {}
    at = next((one.get("at") for one in found.get("newest") or [] if one.get("name") == name), None)
    return datetime.fromisoformat(at) if at else None


def lower(one: str, other: str) -> bool | None:
    """Whether version `one` is lower than `other`; None where they cannot be compared."""
    first, second = Version.parse(one), Version.parse(other)
    return None if first is None or second is None else first < second


def _key(version: str) -> tuple[int, ...]:
    parsed = Version.parse(version)
    return tuple(parsed) if parsed else ()


def _said(incident: Incident, product: Product) -> tuple[str, str]:
    """A fix of this incident that is said to be out; what the incident is about; what the product's page says."""
    mine = [one for one in hotfixes_of(incident) if one.product_id == product.pk and one.new_version]
    hotfix = mine[-1] if mine else None
    if hotfix and hotfix.is_out():
        return hotfix.new_version, "hotfix"
    if product == incident.product and incident.affected_version:
        return bare(incident.affected_version), "incident"
    return bare(product.version), "product"
