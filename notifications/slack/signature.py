"""Slack's signature of what it sends: HMAC-SHA256 over version, moment and body, five minutes either way. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

WINDOW_S = 5 * 60
VERSION = "v0"


def signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether Slack, or whoever else has `secret`, made this within the last minutes. Never raises."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    given = headers.get("X-Slack-Signature", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    # First the comparison: how long it takes tells nothing about the moment.
    right = hmac.compare_digest(given.encode(errors="replace"), made(secret, stamp, body).encode())
    return right and abs(now.timestamp() - int(stamp)) <= WINDOW_S


def made(secret: str, stamp: str, body: bytes) -> str:
    content = b":".join((VERSION.encode(), stamp.encode(), body))
    return f"{VERSION}={hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()}"
