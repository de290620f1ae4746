"""Everything a check may know of one hotfix, read from rows: the bridge from the database to pure functions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from foundation import moment
from hotfixes.checks import Context
from hotfixes.checks.facts import Approved, Box, Deployed, Seen, Shown, Told
from hotfixes.forges.shapes import Reading
from hotfixes.git.reader import GitReader, Ref
from hotfixes.judging.monitored import monitored
from hotfixes.lifecycle import counting
from hotfixes.models import ForgeReading, Hotfix
from hotfixes.observing.history import history
from hotfixes.rollback import whose
from hotfixes.watch import known as known_watch
from incidents.models import ChecklistItem
from incidents.work import work
from incidents.work.work import Work
from products.models import Deployment, VersionSeen
from products.repository import Forge
from products.targets import Target
from products.versions import Version, bare
from products.vocabulary import EventKind

MOST = 200
# A version that a service reported longer ago than this is no longer news.
VERSIONS_FOR = timedelta(hours=24)


def context(hotfix: Hotfix, reader: GitReader, refs: Mapping[str, Ref] | None = None) -> Context:
    """A dozen queries, whatever the hotfix."""
    known, now = work.read(hotfix.incident), moment.now()
    forge, trouble = _forge(hotfix)
    its_watch = known_watch.of(hotfix)
    return Context(
        policy=hotfix.rules,
        reader=reader,
        old=hotfix.old_version,
        new=hotfix.new_version,
        product=hotfix.called,
        observed=history(hotfix),
        branch=hotfix.branch,
        base_tag=hotfix.base_tag,
        values={"slug": hotfix.slug, "issue": hotfix.incident.title, "incident": hotfix.incident.ref},
        component=hotfix.component,
        refs=refs,
        approvals=_approvals(hotfix),
        approves_here=hotfix.repository is not None and hotfix.repository.forge == Forge.NONE,
        forge=forge,
        forge_trouble=trouble,
        deployed=_deployed(hotfix),
        evidence=(*_evidence(hotfix), *known_watch.tried(its_watch)),
        tallies=known_watch.tallies(hotfix, its_watch, now),
        watch=known_watch.watch(hotfix, its_watch, now),
        told=_told(hotfix, known),
        versions=_versions(hotfix, now),
        deploy_limit_s=_limit(known),
        product_version=hotfix.product.version,
        taken=_taken(hotfix),
        now=now,
        document=known.document,
        boxes=_boxes(known),
        monitors=monitored(hotfix, now),
    )


def with_story(before: Context, hotfix: Hotfix, reader: GitReader) -> Context:
    """`before` with what stands on the timeline and on the checklist by now. No further query than `work.of` makes,
    but one.
    """
    known = work.of(hotfix.incident)
    return replace(before, reader=reader, told=_told(hotfix, known), boxes=_boxes(known))


def _taken(hotfix: Hotfix) -> set[str]:
    """Asked only where its version is not simply the next one."""
    old, new = Version.parse(hotfix.old_version), bare(hotfix.new_version)
    if old is None or not new or new == str(old.raised(hotfix.rules.bump or "patch")):
        return set()
    return counting.taken(hotfix.product, hotfix)


def _boxes(known: Work) -> tuple[Box, ...]:
    return tuple(
        Box(
            box.check_key,
            box.state,
            box.title,
            known.said(box),
            box.done_by_event.actor_label if box.done_by_event else "",
        )
        for box in known.boxes
        if box.check_key and not _waived(box)
    )


def _forge(hotfix: Hotfix) -> tuple[Reading | None, str]:
    if hotfix.repository is None or hotfix.repository.forge == Forge.NONE:
        return None, ""
    kept = ForgeReading.objects.filter(hotfix=hotfix).first()
    if kept is None:
        return None, ""
    return (Reading.from_json(kept.data) if kept.read_at else None), kept.detail if kept.trouble else ""


def _approvals(hotfix: Hotfix) -> tuple[Approved, ...]:
    """Those that stand, the first one first."""
    rows = hotfix.approvals.filter(withdrawn_at=None).select_related("by").order_by("pk")
    return tuple(
        Approved(
            str(one.by), one.head, one.at,
            frozenset({one.by.email.casefold(), one.by.name.casefold()} - {""}),
        )
        for one in rows[:MOST]
    )  # fmt: skip


def _deployed(hotfix: Hotfix) -> tuple[Deployed, ...]:
    """The newest, oldest first: what took a deployment back must not be lost behind many that came before it."""
    rows = Deployment.objects.filter(
        product=hotfix.product, at__gte=hotfix.incident.detected_at, hotfix__in=("", hotfix.ref)
    )
    found = rows.select_related("environment", "by").order_by("-at", "-pk")[:MOST][::-1]
    return tuple(
        Deployed(
            one.environment.slug,
            one.environment.kind,
            one.version,
            one.git_ref,
            _status(one, hotfix),
            one.at,
            one.token or (str(one.by) if one.by else one.get_source_display()),
            one.url,
            one.source,
            one.recorded_at,
            one.stage,
            one.percent,
            one.status == Deployment.Status.ROLLED_BACK and whose.by_another(one, hotfix.incident),
        )
        for one in found
    )


def _status(row: Deployment, hotfix: Hotfix) -> str:
    """What a rollback brings back runs: where that is the fix itself, it is out."""
    back = row.status == Deployment.Status.ROLLED_BACK and bare(row.version) == bare(hotfix.new_version)
    runs = back and bare(whose.again(row)) == bare(row.version)
    return Deployment.Status.SUCCEEDED if runs else row.status


def _evidence(hotfix: Hotfix) -> tuple[Shown, ...]:
    return tuple(
        Shown(
            one.kind,
            one.passed,
            one.summary,
            one.url,
            one.data,
            one.head,
            one.at,
            one.token or (str(one.by) if one.by else ""),
        )
        for one in hotfix.evidence.select_related("by").order_by("-pk")[:MOST][::-1]
    )


def _told(hotfix: Hotfix, known: Work) -> tuple[Told, ...]:
    """The events that hold, with what people are allowed to read of them."""
    back = set(hotfix.attestations.exclude(withdrawn_at=None).values_list("event", flat=True))
    return tuple(
        Told(
            event.kind,
            known.at(event),
            event.actor_label,
            known.words(event),
            {} if event.redacted else event.data,
            event.source,
            event.seq,
        )
        for event in known.story.events
        if hotfix.is_meant(event) and event.pk not in back
    )


def _waived(box: ChecklistItem) -> bool:
    """Ticked by going on without it, which says nothing about whether it is so."""
    return box.done_by_event is not None and box.done_by_event.kind == EventKind.OVERRIDDEN


def _versions(hotfix: Hotfix, now: datetime) -> tuple[Seen, ...]:
    """The last one of each place."""
    rows = VersionSeen.objects.filter(product=hotfix.product, seen_at__gte=now - VERSIONS_FOR)
    last = rows.order_by("where", "-pk").distinct("where").select_related("environment")
    return tuple(
        Seen(
            one.where,
            one.version,
            one.seen_at,
            one.environment.kind if one.environment else "production",
            one.since,
        )
        for one in last
    )


def _limit(known: Work) -> int | None:
    """The process's own limit from approval to deployment, in seconds."""
    key = (known.document.get("deploy") or {}).get("clock") or "deploy"
    clock = next((c for c in known.document.get("clocks") or [] if c["key"] == key), None)
    within = ((clock or {}).get("target") or {}).get("within")
    return Target.parse(within).seconds if within else None
