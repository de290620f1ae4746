"""What scripts push: found by its key, judged, stored in one short transaction, answered after the commit.

The same amount of work whatever was sent before. A body that cannot be read is kept and makes the monitor unknown,
with a code: it is the monitor's news, not the script's fault alone.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction

from foundation import moment
from foundation.crash import crashpoint
from foundation.text import stripped
from monitoring import probes
from monitoring.models import Kind, Monitor, Receiver
from monitoring.probes.file import pushed_files
from monitoring.probes.json_text import BadJson
from monitoring.probes.result import Outcome
from monitoring.push_keys import digest
from monitoring.store import store_push
from monitoring.sweep import check_of

HEAD = 4096


def receive(key: str, body: bytes) -> tuple[Monitor, Outcome] | None:
    """The monitor of that key and what its push says; None for a key that opens nothing.

    What is pushed to a monitor that is switched off is kept, and judged by nobody.
    """
    doors = Receiver.objects.select_related("monitor").filter(
        digest=digest(key), monitor__archived_at=None, monitor__product__archived_at=None
    )
    door = doors.first()
    if door is None:
        return None
    with transaction.atomic():
        monitor = (
            Monitor.objects.select_for_update(of=("self",)).select_related("product").get(pk=door.monitor_id)
        )
        now = moment.now()
        outcome = probes.receive(check_of(monitor), body, now=now)
        door.size, door.head, door.files = len(body), _head(body), _files(monitor, body)
        door.save(update_fields=["size", "head", "files"])
        monitor.pushed_at = now
        monitor.save(update_fields=["pushed_at"])
        if monitor.is_watched:
            store_push(monitor, outcome)
        crashpoint("ingest.after_write")
    crashpoint("ingest.committed")
    return monitor, outcome


def _head(body: bytes) -> str:
    return stripped(body[:HEAD].decode("utf-8", "replace"))


def _files(monitor: Monitor, body: bytes) -> list[dict[str, Any]]:
    if monitor.kind not in (Kind.FILE, Kind.SOAK):
        return []
    try:
        found = pushed_files(body)
    except BadJson:
        return []
    return [
        {**asdict(facts), "modified_at": facts.modified_at and facts.modified_at.isoformat()}
        for facts in found
    ]
