"""The receiver's address of a repository, and its last delivery in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from foundation.secrets import SecretLost, unseal
from foundation.written import address
from hotfixes.forges.signatures import REASONS
from products.models import Repository


@dataclass(frozen=True)
class Last:
    """`right`: its signature was. `old`: made with the secret that is being replaced."""

    at: datetime | None
    event: str
    right: bool
    old: bool
    words: str


def receiver_address(repository: Repository) -> str:
    """For managers only; "" when the key that seals it is lost."""
    try:
        return address(f"/in/forge/{unseal(repository.hook_key)}") if repository.hook_key else ""
    except SecretLost:
        return ""


def spoken(kept: dict[str, Any]) -> Last | None:
    """From Mirror.hook; None before the first delivery."""
    if not kept:
        return None
    reason = kept.get("reason", "")
    words = str(REASONS.get(reason, "")) if reason else ""
    if kept.get("old"):
        words = _("It was signed with the secret that is being replaced.")
    return Last(parse_datetime(kept["at"]), kept.get("event", ""), not reason, bool(kept.get("old")), words)
