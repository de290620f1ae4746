"""A resend is harmless.

The same key gets the first answer again, the same key with another body is refused.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from foundation import moment
from foundation.crash import crashpoint
from foundation.models import IdempotencyKey

KEPT = timedelta(days=1)


class Reused(Exception):
    """The key was used for another body. `answer` is what it answered then."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


def once(actor: str, key: str, body: Any, do: Callable[[], str]) -> tuple[str, bool]:
    """Run `do` for the first request with (actor, key) and keep its answer (a ref); give later ones the same answer.

    Returns (answer, fresh). `body` is JSON-serialisable. Without a key every request is a first one. Two at
    once: the second waits for the first one's row.
    """
    if not key:
        return do(), True
    digest = fingerprint(body)
    with transaction.atomic():
        row, fresh = _row(actor, key, digest)
        if not fresh and row.at < moment.now() - KEPT:
            row.delete()  # nobody has swept it away yet
            row, fresh = _row(actor, key, digest)
        if not fresh:
            if row.digest != digest:
                raise Reused(row.answer)
            return row.answer, False
        row.answer = do()
        crashpoint("ingest.done")
        row.save(update_fields=["answer"])
    crashpoint("ingest.answering")
    return row.answer, True


def _row(actor: str, key: str, digest: str) -> tuple[IdempotencyKey, bool]:
    return IdempotencyKey.objects.get_or_create(
        actor=actor[:80], key=key[:200], defaults={"digest": digest, "answer": ""}
    )


def forget_old() -> int:
    """Drop keys older than a day: nobody sends the same form again after that. Returns how many."""
    return IdempotencyKey.objects.filter(at__lt=moment.now() - KEPT).delete()[0]


def fingerprint(body: Any) -> str:
    """sha256 over the body's JSON, in hex."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
