"""Clocks, marks and severities that do not fit together."""

import re
from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from products.process.lint.finding import Doubt
from products.process.schema.base import TargetSpec, seconds
from products.process.schema.document import ProcessDocument
from products.targets import duration_text
from products.vocabulary import ClockKey, EventKind, Origin, Proceed


def plan_against_limit(process: ProcessDocument) -> Iterator[Doubt]:
    """C2: the ruler plans one span, the clock allows another."""
    for number, clock in enumerate(process.clocks):
        start, stop = _planned(process, [clock.from_]), _planned(process, clock.to)
        limit = clock.target.within if clock.target and clock.target.origin == Origin.SOURCE else None
        if start is None or stop is None or limit is None or clock.at_least or clock.from_ == "detected_at":
            continue
        if 0 < stop - start != seconds(limit):
            yield Doubt(
                "C2",
                ("clocks", number),
                _("The plan leaves {planned} for “{label}”, the clock allows {limit}.").format(
                    planned=duration_text(stop - start), label=clock.label, limit=limit
                ),
                _("Two times for one thing: people argue about which one was missed."),
                _("Say which is the plan and which is the limit."),
            )


def watch_outlasts_resolved(process: ProcessDocument) -> Iterator[Doubt]:
    """C3."""
    resolved = _planned(process, [EventKind.RESOLVED])
    start = _planned(process, [process.watch.from_]) if process.watch else None
    if process.watch is None or resolved is None or start is None:
        return
    end = start + seconds(process.watch.for_)
    if end > resolved:
        yield Doubt(
            "C3",
            ("watch", "for"),
            _("The watch ends {end} after detection, and “resolved” is planned at {resolved}.").format(
                end=duration_text(end), resolved=duration_text(resolved)
            ),
            _("Either people are told too early, or the watch is cut short."),
            _("Say whether resolving waits for the watch, and what closing waits for."),
        )


def response_below_total(process: ProcessDocument) -> Iterator[Doubt]:
    """C4."""
    totals = (clock.target for clock in process.clocks if EventKind.RESOLVED in clock.to and clock.target)
    least = next((target.earliest for target in totals if target.earliest), None)
    if least is None:
        return
    for number, severity in enumerate(process.severities):
        within = severity.targets.get(ClockKey.RESPONSE, TargetSpec(none=True)).within
        if within and seconds(within) < seconds(least):
            yield Doubt(
                "C4",
                ("severities", number, "targets", ClockKey.RESPONSE),
                _(
                    "{label} has {within}, yet from detection to resolution it takes {least} at the least."
                ).format(label=severity.label, within=within, least=least),
                _("Read as a time to resolve, every incident that goes by the plan breaks it."),
                _("Say what has to have happened within {within}.").format(within=within),
            )


def starts_at_once_and_may_wait(process: ProcessDocument) -> Iterator[Doubt]:
    """C5."""
    if not process.start or process.start.origin == Origin.HOUSE:
        return
    for number, severity in enumerate(process.severities):
        response = severity.targets.get(ClockKey.RESPONSE)
        if (
            severity.proceed == Proceed.DEFER
            and response
            and response.milestone
            and not _names(process, severity.key)
        ):
            yield Doubt(
                "C5",
                ("severities", number, "proceed"),
                _("{label} may wait for {release}, and the process starts a hotfix at once.").format(
                    label=severity.label, release=severity.defer_to
                ),
                _("At night nobody knows whether to start or to go back to bed."),
                _("Say which of the two is the rule for {label}.").format(label=severity.label),
            )


def _names(process: ProcessDocument, key: str) -> bool:
    """Whether the sentence about starting says itself what holds for this severity, as archy's does."""
    return bool(process.start and re.search(rf"\b{re.escape(key)}\b", process.start.text))


def deadline_and_release(process: ProcessDocument) -> Iterator[Doubt]:
    """C6."""
    for number, severity in enumerate(process.severities):
        response = severity.targets.get(ClockKey.RESPONSE)
        if severity.proceed == Proceed.DEFER and response and response.within:
            yield Doubt(
                "C6",
                ("severities", number),
                _("{label} has {within} to respond and is planned for {release} as well.").format(
                    label=severity.label, within=response.within, release=severity.defer_to
                ),
                _("The clock runs out while everybody waits for the release."),
                _("Say whether deferring stops the clock."),
            )


def bounds_not_in_source(process: ProcessDocument) -> Iterator[Doubt]:
    """C14."""
    for number, clock in enumerate(process.clocks):
        if clock.bounds == Origin.HOUSE and clock.origin == Origin.SOURCE:
            yield Doubt(
                "C14",
                ("clocks", number),
                _(
                    "The source gives times for “{label}” and says neither where they start nor where they stop."
                ).format(label=clock.label),
                _("A promise that stops at the wrong moment turns green while users still wait."),
                _("Say what starts it and what stops it."),
            )


def worse_is_slower(process: ProcessDocument) -> Iterator[Doubt]:
    """N1."""
    for clock in process.clocks:
        known = [
            (severity, seconds(target.within))
            for severity in sorted(process.severities, key=lambda severity: severity.rank)
            if (target := severity.targets.get(clock.key)) and target.within
        ]
        for (worse, longer), (milder, shorter) in pairwise(known):
            if longer > shorter:
                yield Doubt(
                    "N1",
                    ("severities", process.severities.index(worse), "targets", clock.key),
                    _("{worse} has more time for “{label}” than {milder}.").format(
                        worse=worse.label, label=clock.label, milder=milder.label
                    ),
                    _("What is worse would be put right later."),
                    _("Exchange the times, or the ranks."),
                )


def marks_out_of_order(process: ProcessDocument) -> Iterator[Doubt]:
    """N2."""
    for number, (before, mark) in enumerate(pairwise(process.marks), start=1):
        if seconds(mark.at) <= seconds(before.at):
            yield Doubt(
                "N2",
                ("marks", number, "at"),
                _("The mark at {at} stands behind the one at {before}.").format(at=mark.at, before=before.at),
                _("The ruler reads from left to right."),
                _("Put the marks in the order of time."),
            )


def clock_without_a_time(process: ProcessDocument) -> Iterator[Doubt]:
    """N3."""
    for number, clock in enumerate(process.clocks):
        if clock.target is None and not any(clock.key in severity.targets for severity in process.severities):
            yield Doubt(
                "N3",
                ("clocks", number),
                _("No severity gives “{label}” a time.").format(label=clock.label),
                _("It would run and never be late."),
                _("Give it a `target`, or a time in `targets` of a severity."),
            )


def sleeping_through_the_worst(process: ProcessDocument) -> Iterator[Doubt]:
    """N4."""
    for number, severity in enumerate(process.severities):
        if severity.rank == 1 and not severity.wakes():
            yield Doubt(
                "N4",
                ("severities", number, "wake"),
                _("{label} is the worst there is and wakes nobody.").format(label=severity.label),
                _("Its clock runs out before anybody has read of it."),
                _("Say `wake: yes`, or give it a clock by office hours."),
            )


def _planned(process: ProcessDocument, events: list[str]) -> int | None:
    """When the first of `events` is planned, in seconds after detection."""
    for mark in process.marks:
        if any(event in events for what in mark.what for event in what.events):
            return seconds(mark.at)
    return None
