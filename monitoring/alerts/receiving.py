"""What arrives is stored in one short transaction and answered after the commit; the worker makes something of it.

The same amount of work whatever was sent before: one look for the key, one row.
"""

from __future__ import annotations

import hashlib

from django.db import transaction

from foundation.crash import crashpoint
from monitoring.models import AlertPayload, AlertSource
from monitoring.models.alert_source import HEAD
from monitoring.probes.json_text import MAX_BYTES
from monitoring.push_keys import digest


def source_of(tool: str, key: str) -> AlertSource | None:
    """Found by the key's digest; None for a key that opens nothing, and for one of another tool."""
    return AlertSource.objects.present().filter(tool=tool, digest=digest(key)).first()


def receive(source: AlertSource, key: str, body: bytes) -> None:
    """Keeps it to be judged. Of what is too large to be read only the beginning; never the key itself, which some
    senders write into the body."""
    body = body.replace(key.encode(), "…".encode())
    kept = body if len(body) <= MAX_BYTES else body[:HEAD]
    with transaction.atomic():
        AlertPayload.objects.create(
            source=source, body=kept, size=len(body), sha256=hashlib.sha256(body).hexdigest()
        )
        crashpoint("ingest.alert_stored")
    crashpoint("ingest.alert_answered")
