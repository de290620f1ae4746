"""Monitors that count errors or users' reports, as sources of a watch: nobody has to type their numbers (K60, K62,
K75).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotfixes.checks.watched import Counted
from hotfixes.models import Watch
from incidents import glance
from incidents.models import Incident
from monitoring.counted import Span
from monitoring.counts import Source, sources

# What was counted for as long as this before a deployment is what counts after it are compared with.
BEFORE = timedelta(hours=24)


@dataclass(frozen=True)
class Feed:
    """One monitor since the deployment: at least `count`, in `spans`. `unread`: the longest time in which nobody read
    it and somebody should have; None where there is none. `seen_until`: when it was read last, ever.
    """

    kind: str
    name: str
    slug: str
    count: int
    spans: tuple[Span, ...]
    unread: Span | None
    seen_until: datetime | None

    @property
    def until(self) -> datetime | None:
        return self.spans[-1][1] if self.spans else None


def feeds(watch: Watch, until: datetime) -> list[Feed]:
    """Of the watch's product from its deployment to `until`."""
    found = _sources(watch.incident, watch.product_id, watch.kept_from)
    return [_feed(kind, one, watch.kept_from, until) for kind in sorted(found) for one in found[kind]]


def rows(incident: Incident, product: int, deployed_at: datetime | None, until: datetime) -> list[Counted]:
    """What they counted, as the counts of people and scripts are told; what was before the deployment apart from what
    came after it.
    """
    if deployed_at is None or deployed_at > until:
        return []
    made: list[Counted] = []
    for kind, found in _sources(incident, product, deployed_at).items():
        for one in found:
            made += _rows(kind, one, deployed_at - BEFORE, deployed_at)
            made += _rows(kind, one, deployed_at, until)
    return made


def _sources(incident: Incident, product: int, deployed_at: datetime) -> dict[str, list[Source]]:
    """Read once for all parts of a page that ask."""
    name = f"counting {product} {deployed_at.isoformat()}"
    return glance.once(incident, name, lambda: sources(product, deployed_at - BEFORE))


def _rows(kind: str, source: Source, start: datetime, end: datetime) -> list[Counted]:
    """A row per stretch that was read; the first says how many, for all of them."""
    found = source.counted(start, end)
    return [
        Counted(kind, 0 if n else found.count, since, until, source.name, at=until)
        for n, (since, until) in enumerate(found.spans)
    ]


def _feed(kind: str, source: Source, since: datetime, until: datetime) -> Feed:
    found = source.counted(since, until)
    holes = [hole for hole in found.holes(since, until) if hole[1] - hole[0] > source.reach]
    return Feed(
        kind,
        source.name,
        source.monitor.slug,
        found.count,
        found.spans,
        max(holes, key=lambda hole: hole[1] - hole[0], default=None),
        source.seen_until,
    )


def worst(found: Sequence[Feed]) -> Feed | None:
    """The one that speaks against "none": it counted some, or could not be read. None where all counted none."""
    bad = [one for one in found if one.count]
    unread = [one for one in found if one.unread or not one.spans]
    return max(bad, key=lambda one: one.count, default=None) or next(iter(unread), None)
