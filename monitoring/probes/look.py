"""Try it now: one probe by hand, with everything that it saw. For editors only: it shows what the target
answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from foundation.text import stripped
from monitoring.probes import run
from monitoring.probes.json_text import BadJson, parse
from monitoring.probes.presets import detect
from monitoring.probes.result import Check, Result
from monitoring.reasons import said
from network.egress import Policy
from network.exchange import Response

SHOWN_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Look:
    """`results` as they would be stored, or a `code` and `detail` for the whole probe; what came back; the
    first 4 KB of the body as text.

    `preset`: the shape that the mapping or detection settled on, "" if none. `freshness`: fresh, late,
    stale or "".
    """

    results: tuple[Result, ...]
    code: str
    detail: str
    preset: str
    status: int
    headers: Mapping[str, str]
    latency_ms: float
    peer: str
    final_url: str
    body: str
    body_bytes: int
    freshness: str
    certificate_expires: datetime | None = None

    @property
    def version(self) -> str:
        """Which versions it read, "" for none."""
        return ", ".join(dict.fromkeys(one.version for one in self.results if one.version))

    @property
    def said(self) -> str:
        """What went wrong as a whole, in words."""
        return said(self.detail, self.code)


def look(
    kind: str, target: str, expect: Mapping[str, Any] | None = None, mapping: str | Mapping[str, Any] | None = None,
    *, interval_s: int = 60, now: datetime, policy: Policy | None = None, roots: Sequence[Path] | None = None,
) -> Look:  # fmt: skip
    """Runs the probe once (≤ 10 s) and stores nothing."""
    outcome = run(
        [Check(kind, target, expect or {}, mapping, interval_s)], now=now, policy=policy, roots=roots
    )[0]
    response = outcome.response or Response()
    return Look(
        results=outcome.results,
        code=outcome.code,
        detail=outcome.detail,
        preset=outcome.preset or (_shape(outcome.body) if kind == "summary" else ""),
        status=response.status,
        headers=response.headers,
        latency_ms=round(response.latency_ms, 1),
        peer=response.peer,
        final_url=response.final_url,
        body=stripped(outcome.body[:SHOWN_BYTES].decode("utf-8", "replace")),
        body_bytes=len(outcome.body),
        freshness=outcome.freshness,
        certificate_expires=response.certificate_expires,
    )


def _shape(body: bytes) -> str:
    try:
        return detect(parse(body)) or ""
    except BadJson:
        return ""
