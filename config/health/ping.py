"""Tells a service outside once a minute that all parts work. When this machine dies, that one hears nothing and calls.

One worker of all sends it: who moves the row of the last one. The address comes from the operator's environment and is
asked under the same policy as messages; who knows it may use it, so nothing here repeats it.
"""

from __future__ import annotations

import json
import threading
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from config.health.reader import reader
from foundation import direct
from network.egress import Policy
from network.http import Reply, post

EVERY_S = 60
LOOK_S = 2.0
_MINE = """
INSERT INTO foundation_heartbeat (name, process, role, label, started_at, pulse_at, beat_at, progress, figures, ending)
VALUES ('ping', 'ping', 'ping', 'outgoing ping', clock_timestamp(), clock_timestamp(), clock_timestamp(), 1, '{}', '')
    ON CONFLICT (process, name) DO UPDATE
   SET pulse_at = excluded.pulse_at, beat_at = excluded.beat_at, progress = foundation_heartbeat.progress + 1
 WHERE foundation_heartbeat.beat_at <= clock_timestamp() - make_interval(secs => %s)
RETURNING id"""
_SAID = "UPDATE foundation_heartbeat SET figures = %s::jsonb WHERE name = 'ping'"
log = structlog.get_logger(__name__)


class Ping:
    """Does nothing without NIGHTDESK_PING_URL."""

    def __init__(self) -> None:
        self._stopping = threading.Event()

    def start(self) -> None:
        if settings.NIGHTDESK_PING_URL:
            threading.Thread(target=self._run, name="ping", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            try:
                look()
            except psycopg.Error:
                continue  # no database: all parts do not work
            except Exception:
                log.exception("ping.failed")


def look() -> bool:
    """Send it if all parts work and it is time; whether it was sent."""
    if not reader.report().ok:
        return False
    with direct.connect("nightdesk-ping") as connection:
        if connection.execute(_MINE, [EVERY_S]).fetchone() is None:
            return False
        reply = post(settings.NIGHTDESK_PING_URL, b"", policy=Policy.from_settings("webhook"))
        connection.execute(_SAID, [json.dumps(said(reply))])
    return True


def said(reply: Reply) -> dict[str, Any]:
    """What came of it, for the health page."""
    if not reply.status:
        return {"ok": False, "said": reply.detail.replace(settings.NIGHTDESK_PING_URL, "…")}
    taken = 200 <= reply.status < 300
    return {"ok": taken, "said": _("it answered %(status)d") % {"status": reply.status}}
