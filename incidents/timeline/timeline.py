"""The only writer of timeline events. Everything else derives from what is written here."""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import User
from incidents.models import Incident, TimelineEvent, TimelineLine, TimelinePayload
from incidents.timeline import lines
from live import bus

# Where a fact came from when no person stated it.
MACHINE = "nightdesk"
PERSON = "person"
TOKEN = "token"  # noqa: S105 - a word, not a secret

_WRITE = """
WITH words AS (
    INSERT INTO incidents_timelinepayload (event_id, salt, body, label)
    VALUES (%(event)s, %(salt)s, %(body)s, %(label)s)
) INSERT INTO incidents_timelineline (event_id, language, template_version, html)
VALUES (%(event)s, %(language)s, %(version)s, %(html)s)"""


def topic(incident: Incident) -> str:
    return f"incident:{incident.pk}"


def record(
    incident: Incident,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    text: str = "",
    source: str = "",
    label: str = "",
    supersedes: TimelineEvent | None = None,
    subject: str = "",
    **data: Any,
) -> TimelineEvent:
    """Append one event inside the caller's transaction, render its line and announce it to open pages.

    `at` is when it happened; the trigger stamps when it was recorded, numbers and chains it, and what it wrote comes
    back with the insert. `data` must be JSON. The incident's row is locked by the trigger.
    """
    if by and by.by_token:
        data["token"] = by.by_token
    body = json.dumps({"data": data, "text": text}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    salt = secrets.token_hex(16)
    event = TimelineEvent.objects.create(
        incident=incident,
        kind=kind,
        occurred_at=at,
        actor=by,
        source=source or ((TOKEN if by.by_token else PERSON) if by else MACHINE),
        subject=subject,
        supersedes=supersedes,
        payload_digest=digest(salt, body),
    )
    event.payload = TimelinePayload(
        event=event, salt=salt, body=body, label=label or (by.signature if by else "")
    )
    event.incident = incident
    html = lines.render(event, new=True)
    _write(event.payload, lines.line(event, html))
    bus.publish(topic(incident), lines.upsert(html))
    return event


def _write(words: TimelinePayload, line: TimelineLine) -> None:
    """Both by one statement: each verb waits for it."""
    told: dict[str, str | int] = {
        "event": words.event_id,
        "salt": words.salt,
        "body": words.body,
        "label": words.label,
    }
    shown: dict[str, str | int] = {
        "language": line.language,
        "version": line.template_version,
        "html": line.html,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {**told, **shown})
    words._state.adding = False


def announce_again(event: TimelineEvent) -> None:
    """An older event reads differently now (corrected, hidden, redacted).

    Write its line afresh and put it on every open page.
    """
    fresh, html = lines.restore(event.pk)
    bus.publish(topic(fresh.incident), lines.upsert(html))


def digest(salt: str, body: str) -> str:
    """What the chain keeps of an event's text and data."""
    return hashlib.sha256((salt + body).encode()).hexdigest()
