"""A script's resend is harmless: an Idempotency-Key belongs to its token and to one operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.bearer import token_of
from foundation.idempotency import fingerprint, once

LONGEST = 200


def once_by_token(
    request: HttpRequest, operation: str, body: Any, do: Callable[[], object]
) -> tuple[str, bool]:
    """Run `do` once per key; returns (what it answered, as text; whether it ran now). Without a key it runs each time.

    `operation` names what is done to what (`note:INC-1`), `body` is JSON. ValidationError for a key that is empty, too
    long or not plain ASCII; foundation.idempotency.Reused when the key came with another body.
    """
    given = request.headers.get("Idempotency-Key")
    key = (given or "").strip()
    if (
        given is not None and not key
    ):  # a script's variable that is not set: it believes that a resend is harmless
        raise ValidationError({"Idempotency-Key": _("The key is empty. Send one, or leave the header out.")})
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        words = _("A key has at most %(most)s printable ASCII characters.") % {"most": LONGEST}
        raise ValidationError({"Idempotency-Key": words})
    # The key as its digest: the column holds the operation and 64 characters, whatever a script makes up.
    kept = f"{operation[:120]}:{fingerprint(key)}" if key else ""
    return once(f"token:{token_of(request).pk}", kept, body, lambda: str(do()))
