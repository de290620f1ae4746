"""The figures as page, file and API give them: JSON. Each with the number that it is made of."""

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Any

from foundation.written import utc
from incidents.clocks.outcome import Outcome
from incidents.models import Mode, Status
from incidents.models.incident import IncidentQuerySet
from review.insights import outcomes
from review.insights.asked import Asked
from review.insights.attainment import Kept, attainment
from review.insights.counted import MEASURES, Group, counted
from review.insights.spread import MEDIAN_FROM, P85_FROM, SHARE_FROM, share, spread


def read(asked: Asked, rows: IncidentQuerySet, now: datetime) -> dict[str, Any]:
    """`rows`: what whoever asks may see. The same number of queries for one incident and for thousands."""
    known = counted(asked, rows)
    mine = asked.counted(rows)
    kept = attainment(known.of, mine, now)
    modes, statuses = Counter[str](), Counter[str]()
    for group in known.groups:
        modes += group.by_mode
        statuses += group.by_status
    return {
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "zone": asked.zone.key,
        "since": utc(asked.since),
        "until": utc(asked.until),
        "product": asked.product.slug if asked.product else "",
        "severity": asked.severity,
        "process": asked.process,
        "least": {"median": MEDIAN_FROM, "p85": P85_FROM, "percent": SHARE_FROM},
        "n": sum(len(group.counted) for group in known.groups),
        "by_mode": _all(modes, Mode.values),
        "by_status": _all(statuses, Status.values),
        "groups": [_group(group, kept[id(group)]) for group in known.groups],
        "decisions": outcomes.decisions(mine),
        **outcomes.remedies(mine),
        "actions": outcomes.actions(mine, now.astimezone(asked.zone).date()),
    }


def _all(found: Counter[str], words: list[str]) -> dict[str, int]:
    return {word: found[word] for word in words}


def _group(group: Group, clocks: list[Kept]) -> dict[str, Any]:
    return {
        "process": group.process,
        "process_name": group.process_name,
        "severity": group.severity,
        "label": group.label,
        "mark": group.mark,
        "n": len(group.counted),
        "reopened": len(group.reopened),
        "by_mode": _all(group.by_mode, Mode.values),
        "by_status": _all(group.by_status, Status.values),
        "times": [
            {
                "key": key,
                "label": str(label),
                **asdict(spread([seconds for _pk, seconds in group.times[key]])),
            }
            for key, label in MEASURES.items()
        ],
        "clocks": [_clock(one) for one in clocks],
    }


def _clock(kept: Kept) -> dict[str, Any]:
    return {
        "key": kept.key,
        "label": kept.label,
        "kind": kept.kind,
        "n": kept.n,
        "percent": share(kept.runs[Outcome.MET], kept.n),
        **_all(kept.runs, Outcome.values),
    }
