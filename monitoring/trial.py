"""Trying a monitor before it exists: one look, at once, in the request of the person who asks.

A page waits for the network here, so only a few may do so at a time; the others are asked to come again.
"""

from __future__ import annotations

import threading
from typing import Any

from foundation import moment
from monitoring.models import Kind
from monitoring.probes.look import Look, look

AT_ONCE = 3
_turns = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """As many people as may are trying something at this moment."""


def try_now(facts: dict[str, Any], kind: str) -> Look:
    """What a probe of these facts (those of the form) sees. At most 10 s; raises Busy. Nothing is stored.

    The certificate is always read here, so that people see when it ends before they say when to warn.
    """
    expect = {"certificate_days": 1, **facts["expect"]} if kind == Kind.HTTP else facts["expect"]
    if not _turns.acquire(blocking=False):
        raise Busy
    try:
        return look(
            kind, facts["target"], expect, facts["mapping"] or None,
            interval_s=facts["interval_s"], now=moment.now(),
        )  # fmt: skip
    finally:
        _turns.release()
