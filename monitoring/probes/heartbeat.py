"""A script that reports in every interval. Its silence is the failure: whatever it sends says that it lives."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.probes import silence
from monitoring.probes.result import Check, Outcome, Result
from network.exchange import Response

kind = "heartbeat"
label = gettext_lazy("Heartbeat")


def problems(target: str, expect: Mapping[str, Any], mapping: Any) -> dict[str, str]:
    """It takes no address and expects nothing but to be heard."""
    found = {
        "target": _("A heartbeat has no address: the script calls Nightdesk.") if target else "",
        "expect": _("Of a heartbeat nothing can be expected but that it comes.") if expect else "",
        "mapping": _("A heartbeat has no mapping.") if mapping else "",
    }
    return {field: words for field, words in found.items() if words}


def request(check: Check) -> None:
    """Nothing is fetched."""


def evaluate(
    check: Check, response: Response | None, *, now: datetime, roots: Sequence[Path] | None = None
) -> Outcome:
    """Down while it is late (after `fail_after` looks, as always); unknown before the first one."""
    if check.heard_at is None:
        return silence.nothing_yet()
    if now - check.heard_at <= timedelta(seconds=check.interval_s):
        return Outcome(waiting=True)
    return Outcome((Result("", "", "down", silence.LATE, silence.sentence(check, now)),))


def receive(check: Check, body: bytes, *, now: datetime) -> Outcome:
    """Up. Log lines may come with it; they are kept for people, not read."""
    return Outcome((Result("", "", "up", checked_at=now),), body=body)
