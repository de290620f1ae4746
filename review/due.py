"""Where a report stands and what it needs next: the one thing a page, a list and the incident's panel say of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.clocks.shown import ClockView, clock_views
from incidents.models import Clock, Incident
from review import answers
from review.documents import clock_key, questions
from review.models import Postmortem
from review.refusals import OVER


@dataclass(frozen=True)
class Standing:
    """`next`: schedule, answer, review or "" for nothing. `clock` is the process's own for it, while it runs."""

    postmortem: Postmortem | None
    clock: ClockView | None
    left: int
    over: bool

    @property
    def reviewed(self) -> bool:
        return self.postmortem is not None and self.postmortem.is_reviewed

    @property
    def begun(self) -> bool:
        return self.postmortem is not None

    @property
    def next(self) -> str:
        if not self.over or self.reviewed:
            return ""
        if self.clock is not None:
            return "schedule"
        return "answer" if self.left else "review"

    @property
    def words(self) -> str:
        """What is left, in a sentence."""
        if self.reviewed:
            return _("Reviewed.")
        if not self.left:
            return _("Every question is answered. Somebody has to review it.")
        said = ngettext("%(n)s question is left.", "%(n)s questions are left.", self.left)
        return said % {"n": self.left}


def standing(incident: Incident, postmortem: Postmortem | None, now: datetime) -> Standing:
    """Wants the incident as `for_page()` reads it."""
    key = clock_key(incident)
    views = [view for view in clock_views(incident, now) if key and view.clock.key == key]
    running = next((view for view in views if view.clock.run.ended_at is None), None)
    return Standing(postmortem, running, answers.left(incident, postmortem), incident.status in OVER)


def standings(incidents: Sequence[Incident], now: datetime) -> dict[int, Standing]:
    """The same for a list, by primary key: four queries however many there are. Wants them as `for_page()`."""
    keys = [one.pk for one in incidents]
    found = {
        one.incident_id: one
        for one in Postmortem.objects.filter(incident__in=keys).select_related("reviewed_by")
    }
    written = answers.answered(list(found.values()))
    clocks: dict[int, list[Clock]] = defaultdict(list)
    for clock in Clock.objects.filter(incident__in=keys).order_by("cycle", "pk"):
        clocks[clock.incident_id].append(clock)
    return {one.pk: _listed(one, found.get(one.pk), clocks[one.pk], written, now) for one in incidents}


def _listed(
    incident: Incident,
    report: Postmortem | None,
    clocks: list[Clock],
    written: set[tuple[int, str]],
    now: datetime,
) -> Standing:
    wanted = clock_key(incident)
    running = [clock for clock in clocks if clock.key == wanted and clock.run.ended_at is None]
    view = ClockView(running[-1], running[-1].reading(now), running[-1].sum(now)) if running else None
    asked = [question["key"] for question in questions(incident)]
    left = sum((report.pk if report else 0, key) not in written for key in asked)
    return Standing(report, view, left, incident.status in OVER)


def due_clocks(incidents: QuerySet[Incident]) -> QuerySet[Clock]:
    """The clocks by which reports of `incidents` are to be planned and which still run, for paging by ("due_at", "pk").

    What was reviewed after its clock began is due no more.
    """
    document = KeyTransform("postmortem", F("incident__process_version__document"))
    running = Clock.objects.filter(
        incident__in=incidents, incident__status__in=OVER, due_at__isnull=False,
        stopped_at=None, cancelled_at=None, waived_at=None,
    )  # fmt: skip
    done = Postmortem.objects.filter(incident=OuterRef("incident"), state="reviewed")
    late = ~Exists(done.filter(reviewed_at__gte=OuterRef("started_at")))
    return running.annotate(wanted=KeyTextTransform("clock", document)).filter(late, Q(key=F("wanted")))
