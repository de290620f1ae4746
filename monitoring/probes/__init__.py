"""Probes: how Nightdesk looks at the world. A probe is one module with `request`, `evaluate` and `problems`, and one
line in PROBES.

This package touches no database: a Check goes in, an Outcome comes out, and a bad target never raises.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from monitoring.probes import file, heartbeat, http, prometheus, soak, summary
from monitoring.probes.result import Check, Outcome, Result
from network.egress import Policy
from network.exchange import Request, Response

__all__ = ["PROBES", "Check", "Outcome", "Probe", "Result", "problems", "run", "run_each"]

logger = logging.getLogger(__name__)


class Probe(Protocol):
    """What a probe's module offers."""

    @property
    def kind(self) -> str: ...

    @property
    def label(self) -> str | Promise: ...

    def problems(self, target: str, expect: Mapping[str, Any], mapping: Any) -> dict[str, str]: ...

    def request(self, check: Check) -> Request | Outcome | None: ...

    def evaluate(
        self, check: Check, response: Response | None, *, now: datetime, roots: Sequence[Path] | None = None
    ) -> Outcome: ...


class Receiver(Protocol):
    """What the module of a probe offers that can be pushed to."""

    def receive(self, check: Check, body: bytes, *, now: datetime) -> Outcome: ...


PROBES: dict[str, Probe] = {
    "http": http,
    "summary": summary,
    "heartbeat": heartbeat,
    "file": file,
    "soak": soak,
    "prometheus": prometheus,
}

# Those to which scripts push: each also has `receive`.
RECEIVERS: dict[str, Receiver] = {
    "summary": summary,
    "heartbeat": heartbeat,
    "file": file,
    "soak": soak,
}


def problems(kind: str, target: str, expect: Mapping[str, Any], mapping: Any) -> dict[str, str]:
    """What is wrong with a monitor as written: {"target" | "expect" | "expect.<part>" | "mapping": sentence}.

    Touches neither network nor disk.
    """
    return PROBES[kind].problems(target, expect, mapping)


def receive(check: Check, body: bytes, *, now: datetime) -> Outcome:
    """What a pushed body says; a bad one is an Outcome with a code, never an exception."""
    try:
        return RECEIVERS[check.kind].receive(check, body, now=now)
    except Exception:
        return _failed(check)


def run(
    checks: Sequence[Check],
    *,
    now: datetime,
    policy: Policy | None = None,
    roots: Sequence[Path] | None = None,
) -> list[Outcome]:
    """All outcomes in the order of the checks; as slow as the slowest target (≤ 10 s)."""
    found = dict(run_each(checks, now=now, policy=policy, roots=roots))
    return [found[place] for place in range(len(checks))]


def run_each(
    checks: Sequence[Check], *, now: datetime, policy: Policy | None = None,
    roots: Sequence[Path] | None = None, concurrency: int = 200,
) -> Iterator[tuple[int, Outcome]]:  # fmt: skip
    """(position, outcome) as each is ready. `now` is the moment of the call; each outcome is judged at its
    own moment after it.
    """
    started = time.monotonic()
    places: list[int] = []

    def moment() -> datetime:
        return now + timedelta(seconds=time.monotonic() - started)

    requests = []
    for place, check in enumerate(checks):
        asked = _request(check)
        if isinstance(asked, Request):
            places.append(place)
            requests.append(asked)
        else:
            yield place, asked or _evaluate(check, None, moment(), roots)
    if not requests:
        return
    from network.curl import fetch_each  # who only writes monitors down needs no libcurl

    for number, response in fetch_each(
        requests, policy or Policy.from_settings("probe"), concurrency=concurrency
    ):
        place = places[number]
        yield place, _evaluate(checks[place], response, moment(), roots)


def _request(check: Check) -> Request | Outcome | None:
    if check.kind not in PROBES:
        return Outcome(code="bad_kind", detail=_("There is no probe “%(kind)s”.") % {"kind": check.kind[:40]})
    try:
        return PROBES[check.kind].request(check)
    except Exception:
        return _failed(check)


def _evaluate(
    check: Check, response: Response | None, now: datetime, roots: Sequence[Path] | None
) -> Outcome:
    try:
        return PROBES[check.kind].evaluate(check, response, now=now, roots=roots)
    except Exception:
        return _failed(check)


def _failed(check: Check) -> Outcome:
    """One monitor's surprise must not end a batch of hundreds; it is logged with its trace and shown as
    unknown.
    """
    logger.exception("probe failed", extra={"kind": check.kind})
    return Outcome(code="internal", detail=_("Nightdesk itself failed on this monitor; its log says why."))
