"""How long it took: of each process and severity apart, for figures of two processes are never merged."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.moment import Seconds
from hotfixes.decision import mending
from hotfixes.models import Hotfix, Rollback
from hotfixes.rollback import history
from incidents.models import Mode
from incidents.models.incident import IncidentQuerySet
from products.models import Deployment, Severity
from products.vocabulary import EventKind
from review import moments
from review.insights.asked import NOTHING, Asked

# What is timed, in the order of an incident's life; the last two count from the beginning of the remedy.
MEASURES: Mapping[str, str | Promise] = {
    "declared": _("Declared"),
    "acknowledged": _("Acknowledged"),
    "decided": _("Decided"),
    "mitigated": _("Damage contained"),
    "resolved": _("Resolved"),
    "hotfix": _("Hotfix: from its start to production"),
    "rollback": _("Rollback: from its start until it was back"),
}


class Fact(NamedTuple):
    """An incident as far as figures are made of it; moments are seconds since 1970."""

    pk: int
    mode: str
    status: str
    severity: int
    detected: float
    declared: float
    acknowledged: float | None
    resolved: float | None

    @property
    def counts(self) -> bool:
        """The same as `Asked.counted` asks the database."""
        return self.mode == Mode.LIVE and self.status not in NOTHING


# The incident by its primary key, and how long it took in seconds.
type Time = tuple[int, float]


@dataclass(slots=True)
class Group:
    """The incidents of one severity of one process. `order`: how severe, then where the process lists it; `versions`
    of the process by which they went, the newest first.
    """

    process: str
    process_name: str
    severity: str
    label: str
    mark: str
    order: tuple[int, int]
    versions: list[int]
    by_mode: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    counted: set[int] = field(default_factory=set)
    reopened: set[int] = field(default_factory=set)
    times: dict[str, list[Time]] = field(default_factory=lambda: {key: [] for key in MEASURES})


@dataclass(slots=True)
class Counted:
    """All groups, the worst severity of each process first; `of` names that of a severity's row."""

    groups: list[Group]
    of: dict[int, Group]


def counted(asked: Asked, rows: IncidentQuerySet) -> Counted:
    """Six queries, however many there are."""
    moments_of = [Seconds(f"{name}_at") for name in Fact._fields[4:]]
    facts = [
        Fact(*row) for row in asked.of(rows).values_list("pk", "mode", "status", "severity_id", *moments_of)
    ]
    of = _groups({fact.severity for fact in facts})
    for fact in facts:
        group = of[fact.severity]
        group.by_mode[fact.mode] += 1
        if fact.mode == Mode.LIVE:
            group.by_status[fact.status] += 1
    mine = {fact.pk: fact for fact in facts if fact.counts}
    _add_moments(of, mine.values(), moments.of_incidents(asked.counted(rows)))
    _add_remedies({pk: of[fact.severity] for pk, fact in mine.items()}, asked.counted(rows))
    groups = {id(group): group for group in of.values()}.values()
    return Counted(sorted(groups, key=lambda one: (one.process_name, one.process, one.order)), of)


def _groups(severities: Iterable[int]) -> dict[int, Group]:
    """By the severity's row: each version of a process has rows of its own, the newest one names the group."""
    names = ("version__process__key", "version__process__name", "key", "label", "mark", "rank", "position")
    rows = Severity.objects.filter(pk__in=severities).order_by("-version__number", "-version")
    found: dict[int, Group] = {}
    known: dict[tuple[str, str], Group] = {}
    for pk, version, process, name, key, label, mark, rank, position in rows.values_list(
        "pk", "version", *names
    ):
        group = Group(process, name, key.upper(), label, mark, (rank, position), [])
        found[pk] = known.setdefault((process, group.severity), group)
        found[pk].versions.append(version)
    return found


def _add_moments(
    of: Mapping[int, Group], facts: Iterable[Fact], told: Mapping[int, Mapping[str, float]]
) -> None:
    """From the detection to each of them."""
    nothing: Mapping[str, float] = {}
    for fact in facts:
        group, events = of[fact.severity], told.get(fact.pk, nothing)
        group.counted.add(fact.pk)
        if EventKind.REOPENED in events:
            group.reopened.add(fact.pk)
        happened = (
            ("declared", fact.declared),
            ("acknowledged", fact.acknowledged),
            ("decided", events.get(EventKind.DECIDED)),
            ("mitigated", events.get(EventKind.MITIGATED)),
            ("resolved", fact.resolved),
        )
        for measure, at in happened:
            if at is not None:
                group.times[measure].append((fact.pk, at - fact.detected))


def _add_remedies(of: Mapping[int, Group], incidents: IncidentQuerySet) -> None:
    """From the beginning of a hotfix to production, and of a rollback until the version before ran, as the decision
    card has it. What was begun since `of` was read is not among them.
    """
    hotfixes = Hotfix.objects.filter(incident__in=incidents).values_list("number", "incident", "started_at")
    began = {f"HF-{number}": (incident, at) for number, incident, at in hotfixes if incident in of}
    out = mending.took({ref: at for ref, (_pk, at) in began.items()}, Deployment.objects.all())
    for ref, seconds in out.items():
        incident, _at = began[ref]
        of[incident].times["hotfix"].append((incident, seconds))
    back = Rollback.objects.filter(incident__in=incidents, back_at__isnull=False)
    for incident, began_at, back_at in back.values_list("incident", "started_at", "back_at"):
        if incident in of:
            of[incident].times["rollback"].append((incident, history.took_s(began_at, back_at)))
