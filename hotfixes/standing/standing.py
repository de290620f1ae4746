"""How a hotfix stands, as pages, the API and a terminal show it: every check with its answer, what people said of it,
the stage, and what comes next. Reads only; the same number of queries for one hotfix and for fifty.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotfixes.models import Attestation, CheckResult, Hotfix, Override
from hotfixes.models.check import Said
from hotfixes.standing import next_check as order
from hotfixes.standing.places import Place, places
from hotfixes.standing.rows import hotfixes_of
from hotfixes.standing.stage import stage_of
from hotfixes.standing.stage import words as stage_words
from incidents import glance
from incidents.models import Incident, TimelineEvent
from incidents.timeline.attachments import FileShown
from incidents.work import work
from incidents.work.work import Work
from products.vocabulary import EventKind, Verdict


@dataclass(frozen=True)
class SaidView:
    """What a person said of a check. `verdict`: what it said then; `text` is empty where it was redacted.

    Of an override: `second` agreed; one that `waits` for a second person counts for nothing yet.
    """

    by: str
    by_id: int
    role: str
    text: str
    at: datetime
    verdict: str
    url: str = ""
    file: FileShown | None = None
    second: str = ""
    waits: bool = False
    # By the only person of the team: never called approved.
    self_reviewed: bool = False

    @property
    def label(self) -> str:
        return str(Verdict(self.verdict).label)


@dataclass(frozen=True)
class CheckView:
    """One check as it stands. `box`: its number on the checklist, None for none; `asked`: the process asks for it."""

    key: str
    title: str
    verdict: str
    summary: str
    proof: list[str]
    facts: dict[str, Any]
    next_text: str
    next_commands: list[str]
    observed_at: datetime | None
    looked_at: datetime | None
    override: SaidView | None
    attestation: SaidView | None
    asked: bool
    step: str
    box: int | None

    @property
    def label(self) -> str:
        """The verdict's word: waiting, done, not right …"""
        return str(Verdict(self.verdict).label)

    @property
    def waived(self) -> bool:
        return self.override is not None and not self.override.waits

    @property
    def settled(self) -> bool:
        """A person has taken it on, so that it is not what comes next."""
        said = self.attestation is not None and self.verdict != Verdict.FAIL
        return self.waived or said

    @property
    def is_open(self) -> bool:
        return self.verdict in order.OPEN and not self.settled


@dataclass(frozen=True)
class Standing:
    """`counts`: how many checks have each verdict; verdicts that none has are 0. `events`: the incident's, oldest
    first, without those that no process waits for.
    """

    hotfix: Hotfix
    checks: list[CheckView]
    stage: str
    next: CheckView | None
    events: tuple[TimelineEvent, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(check.verdict for check in self.checks)
        return {verdict: found[verdict] for verdict in Verdict.values}

    @property
    def done(self) -> int:
        """Checks that need nothing more."""
        good = (Verdict.PASS, Verdict.STATED, Verdict.WARN, Verdict.NOT_APPLICABLE)
        return sum(check.verdict in good or check.settled for check in self.checks)

    @property
    def stage_words(self) -> str:
        """The stage, and how many checks are not right that nobody waived; else what is looked at besides."""
        wrong = sum(check.verdict == Verdict.FAIL and not check.waived for check in self.checks)
        besides = sum(line["verdict"] == Verdict.FAIL for line in self.hotfix.guard)
        back = self.hotfix.taken_back_at is not None
        return stage_words(self.stage, wrong or besides, taken_back=back, in_part=back and self._in_part)

    @property
    def _in_part(self) -> bool:
        """Of several places some have it, as was said last."""
        kinds = (EventKind.TAKEN_BACK, EventKind.DEPLOYED)
        mine = (one for one in reversed(self.events) if one.kind in kinds and self.hotfix.is_meant(one))
        last = next(mine, None)
        return last is not None and (last.kind == EventKind.DEPLOYED or bool(last.data.get("still")))

    def check(self, key: str) -> CheckView | None:
        return next((check for check in self.checks if check.key == key), None)


def standing(hotfix: Hotfix) -> Standing:
    known, keys = {hotfix.incident_id: work.of(hotfix.incident)}, [hotfix.pk]
    return _standings([hotfix], known, _overrides(keys), _said(Attestation, keys))[hotfix.pk]


def checks(hotfix: Hotfix) -> list[CheckView]:
    """In the process's order: the boxes of the checklist, the other checks of its steps, what git says besides."""
    return standing(hotfix).checks


def of_incident(incident: Incident) -> list[Standing]:
    """Of all its hotfixes, the first one first."""
    hotfixes = hotfixes_of(incident)
    for hotfix in hotfixes:
        hotfix.incident = incident
    if not hotfixes:
        return []
    keys = [hotfix.pk for hotfix in hotfixes]
    overrides = glance.few(incident, "overrides", lambda: list(_overrides(keys)))
    attestations = glance.few(incident, "attestations", lambda: list(_said(Attestation, keys)))
    found = _standings(hotfixes, {incident.pk: work.of(incident)}, overrides, attestations)
    return [found[hotfix.pk] for hotfix in hotfixes]


def of(hotfixes: Sequence[Hotfix]) -> list[Standing]:
    """Of these, in their order."""
    incidents = {hotfix.incident_id: hotfix.incident for hotfix in hotfixes}
    keys = [hotfix.pk for hotfix in hotfixes]
    known = work.read_all(list(incidents.values()))
    found = _standings(hotfixes, known, _overrides(keys), _said(Attestation, keys))
    return [found[hotfix.pk] for hotfix in hotfixes]


def _standings(
    hotfixes: Sequence[Hotfix],
    known: Mapping[int, Work],
    overrides: Iterable[Override],
    attestations: Iterable[Attestation],
) -> dict[int, Standing]:
    keys = [hotfix.pk for hotfix in hotfixes]
    results = _by_key(CheckResult.objects.filter(hotfix__in=keys, superseded_at=None).order_by("pk"))
    waived, attested = _by_key(overrides), _by_key(attestations)
    return {one.pk: _standing(one, known[one.incident_id], results, waived, attested) for one in hotfixes}


def _overrides(keys: list[int]) -> Any:
    return _said(Override, keys).select_related("second")


def _said[M: Said](model: type[M], keys: list[int]) -> Any:
    rows = model.objects.filter(hotfix__in=keys, withdrawn_at=None)  # type: ignore[attr-defined]
    return rows.select_related("by", "event__payload", "event__actor").order_by("pk")


def _by_key(rows: Any) -> dict[tuple[int, str], Any]:
    """The last row of each check."""
    return {(row.hotfix_id, row.key): row for row in rows}


def _standing(
    hotfix: Hotfix,
    known: Work,
    results: Mapping[tuple[int, str], CheckResult],
    overrides: Mapping[tuple[int, str], Override],
    attestations: Mapping[tuple[int, str], Attestation],
) -> Standing:
    found = []
    for place in places(known, hotfix, results):
        at = (hotfix.pk, place.key)
        found.append(_view(place, results.get(at), known, overrides.get(at), attestations.get(at)))
    events = known.story.events
    return Standing(hotfix, found, stage_of(hotfix, events), order.next_check(found), events)


def _view(
    place: Place,
    result: CheckResult | None,
    known: Work,
    override: Override | None,
    attestation: Attestation | None,
) -> CheckView:
    """A check that was never judged waits for it."""
    return CheckView(
        key=place.key,
        title=place.title,
        verdict=str(result.verdict) if result else Verdict.PENDING,
        summary=result.summary if result else "",
        proof=result.proof if result else [],
        facts=result.facts if result else {},
        next_text=result.next_text if result else "",
        next_commands=result.next_commands if result else [],
        observed_at=result.observed_at if result else None,
        looked_at=result.looked_at if result else None,
        override=_override(override, known) if override else None,
        attestation=_attestation(attestation, known) if attestation else None,
        asked=place.asked,
        step=place.step,
        box=place.box,
    )


def _override(row: Override, known: Work) -> SaidView:
    return SaidView(
        by=str(row.by),
        by_id=row.by_id,
        role=row.role,
        text=known.words(row.event),
        at=row.at,
        verdict=str(row.verdict),
        second=str(row.second) if row.second else "",
        waits=row.needs_second and row.second_id is None,
        self_reviewed=bool(row.event.data.get("self_reviewed")),
    )


def _attestation(row: Attestation, known: Work) -> SaidView:
    hidden = row.event_id in known.hidden or row.event.redacted
    return SaidView(
        by=str(row.by),
        by_id=row.by_id,
        role=row.role,
        text=known.words(row.event),
        at=row.at,
        verdict=str(row.verdict),
        url="" if hidden else row.url,
        file=known.file(row.event),
        self_reviewed=bool(row.event.data.get("self_reviewed")),
    )


glance.register_few("overrides", Override.objects.filter(withdrawn_at=None), "hotfix__incident")
glance.register_few("attestations", Attestation.objects.filter(withdrawn_at=None), "hotfix__incident")
