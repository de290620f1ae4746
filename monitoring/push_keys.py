"""The random key in a receiver's address: made with the monitor, shown to who may edit it, replaced at once."""

from __future__ import annotations

import hashlib
import secrets

import structlog
from django.db import transaction

from accounts.models import User
from foundation import moment
from foundation.secrets import SecretLost, seal, unseal
from foundation.written import address
from monitoring.models import Monitor, Receiver

_log = structlog.get_logger(__name__)


def make_key(monitor: Monitor) -> Receiver:
    """The first key, or another one for the old: that opens nothing from now on."""
    key = secrets.token_urlsafe(32)
    facts = {"digest": digest(key), "sealed": seal(key), "made_at": moment.now()}
    receiver, _made = Receiver.objects.update_or_create(monitor=monitor, defaults=facts)
    return receiver


def rotate_key(monitor: Monitor, *, by: User) -> bool:
    """True: there is a new key, always."""
    with transaction.atomic():
        make_key(monitor)
        _log.info("monitor.key_rotated", monitor=monitor.slug, by=by.pk)
    return True


def push_url(monitor: Monitor) -> str:
    """The address to push to, with the key; "" where the key is lost and must be made anew."""
    receiver = Receiver.objects.filter(monitor=monitor).first()
    try:
        return address(f"/in/push/{unseal(receiver.sealed)}") if receiver else ""
    except SecretLost:
        return ""


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
