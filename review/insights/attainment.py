"""Which promises were kept: runs of clocks by how they ended."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db.models import Count
from django.db.models.fields.json import KeyTransform

from incidents.clocks.outcome import Outcome, outcome
from incidents.models import Clock
from incidents.models.incident import IncidentQuerySet
from products.models import ProcessVersion
from products.process.clock_rules import ClockRule
from review.insights.counted import Group


@dataclass(slots=True)
class Kept:
    """One clock of one group: how many of its runs ended how."""

    key: str
    label: str
    kind: str
    runs: Counter[str]

    @property
    def n(self) -> int:
        """Of which the share is made."""
        return self.runs[Outcome.MET] + self.runs[Outcome.BREACHED]


def attainment(of: Mapping[int, Group], incidents: IncidentQuerySet, now: datetime) -> dict[int, list[Kept]]:
    """By `id` of the group, its clocks in the order of the process; of a group that came since `of` was read nothing.
    Two queries.
    """
    rows = Clock.objects.filter(incident__in=incidents).annotate(outcome=outcome(now))
    found = rows.order_by().values_list("incident__severity", "key", "outcome").annotate(Count("pk"))
    runs: dict[int, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for severity, key, ended, n in found:
        if severity in of:
            runs[id(of[severity])][key][ended] += n
    groups = {id(group): group for group in of.values()}
    clocks = _clocks(version for group in groups.values() for version in group.versions)
    return {key: _kept(runs[key], [clocks[one] for one in group.versions]) for key, group in groups.items()}


def _kept(runs: Mapping[str, Counter[str]], versions: Iterable[list[ClockRule]]) -> list[Kept]:
    """In the order and the words of the newest of the `versions` that has the clock."""
    rules: dict[str, ClockRule] = {}
    for rule in chain.from_iterable(versions):
        rules.setdefault(rule.key, rule)
    return [Kept(key, rule.label, rule.kind, runs[key]) for key, rule in rules.items() if key in runs]


def _clocks(versions: Iterable[int]) -> dict[int, list[ClockRule]]:
    """By version of a process; of its document nothing else is read."""
    rows = ProcessVersion.objects.filter(pk__in=set(versions))
    found = rows.annotate(rules=KeyTransform("clocks", "document")).values_list("pk", "rules")
    return {pk: [ClockRule.from_json(rule) for rule in rules] for pk, rules in found}
