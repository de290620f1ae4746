"""Is a delivery from the forge that the connection names? Judged over the raw bytes, in constant time.

The kind is the connection's property: Gitea also sends X-GitHub-Event and X-Hub-Signature-256, and is refused as
GitHub. Two secrets are valid while one replaces the other.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from hotfixes.forges.shapes import Kind

MAX_BODY: Final = 25_000_000
SKEW_S: Final = 300
PREFIX: Final = "whsec_"

REASONS: Final = {
    "no_secret": _("This connection has no secret for deliveries."),
    "too_large": _("The delivery is larger than 25 MB."),
    "wrong_forge": _("The delivery comes from another kind of forge than this connection names."),
    "no_signature": _("The delivery carries no signature."),
    "malformed_signature": _("The delivery's signature is not one."),
    "wrong_signature": _("The delivery's signature does not fit: is the secret the same on both sides?"),
    "wrong_time": _(
        "The delivery was signed more than five minutes ago or ahead: is the clock right on both sides?"
    ),
}


class Refused(Exception):
    """Not to be believed. `reason` is a code of REASONS, `sentence` its words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def sentence(self) -> str:
        return str(REASONS[self.reason])


@dataclass(frozen=True, slots=True)
class Delivered:
    """`id` is the same when the forge sends it again; `event` as the forge names it, "" when it does not."""

    id: str
    event: str


def verified(
    kind: str, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
) -> Delivered:
    """Raises Refused."""
    known = {name.lower(): value for name, value in headers.items()}
    keys = [secret for secret in secrets if secret]
    if not keys:
        raise Refused("no_secret")
    if len(body) > MAX_BODY:
        raise Refused("too_large")
    if kind == Kind.GITHUB:
        return _github(known, body, keys)
    if kind == Kind.GITLAB:
        return _gitlab(known, body, keys, now)
    if kind == Kind.GITEA:
        return _gitea(known, body, keys)
    raise Refused("wrong_forge")


def _github(headers: Mapping[str, str], body: bytes, keys: Sequence[str]) -> Delivered:
    if any(name.startswith(("x-gitea-", "x-forgejo-", "x-gogs-", "x-gitlab-")) for name in headers):
        raise Refused("wrong_forge")
    signature = headers.get("x-hub-signature-256", "")
    if not signature:
        raise Refused("no_signature")
    algorithm, _equals, digest = signature.partition("=")
    if algorithm != "sha256":
        raise Refused("malformed_signature")
    _signed(digest, body, keys)
    return _delivered(headers, body, "x-github-event", "x-github-delivery")


def _gitea(headers: Mapping[str, str], body: bytes, keys: Sequence[str]) -> Delivered:
    """Forgejo sends Gitea's header too; its own alone decides when it is there."""
    forgejo = "x-forgejo-signature" in headers
    digest = headers.get("x-forgejo-signature" if forgejo else "x-gitea-signature", "")
    if not digest:
        raise Refused("no_signature" if not forgejo else "malformed_signature")
    _signed(digest, body, keys)
    if forgejo and "x-forgejo-event" in headers:
        return _delivered(headers, body, "x-forgejo-event", "x-forgejo-delivery")
    return _delivered(headers, body, "x-gitea-event", "x-gitea-delivery")


def _gitlab(headers: Mapping[str, str], body: bytes, keys: Sequence[str], now: datetime) -> Delivered:
    """A signature alone decides when it is there. A signing token (whsec_…) is never accepted as a plain one: what was
    agreed to be signed cannot come unsigned.
    """
    if "webhook-signature" in headers:
        _standard(headers, body, keys, now)
    else:
        token = headers.get("x-gitlab-token", "")
        plain = [key for key in keys if not key.startswith(PREFIX)]
        if not token or not plain:
            raise Refused("no_signature")
        # Every key is compared, so that time does not tell which one it was.
        if not sum(hmac.compare_digest(_bytes(token), _bytes(key)) for key in plain):
            raise Refused("wrong_signature")
    return _delivered(headers, body, "x-gitlab-event", "webhook-id", "idempotency-key", "x-gitlab-event-uuid")


def _standard(headers: Mapping[str, str], body: bytes, keys: Sequence[str], now: datetime) -> None:
    """standardwebhooks.com: HMAC-SHA256 of `id.timestamp.body`, any of several signatures."""
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "").strip()
    given = [part[3:] for part in headers["webhook-signature"][:2_000].split() if part.startswith("v1,")]
    if not id or not given or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 13):
        raise Refused("malformed_signature")
    signed = _bytes(f"{id}.{stamp}.") + body
    expected = [base64.b64encode(hmac.new(_key(key), signed, hashlib.sha256).digest()) for key in keys]
    if not sum(hmac.compare_digest(_bytes(one), other) for one in given for other in expected):
        raise Refused("wrong_signature")
    if abs(now.timestamp() - int(stamp)) > SKEW_S:
        raise Refused("wrong_time")


def _signed(digest: str, body: bytes, keys: Sequence[str]) -> None:
    if len(digest) != 64 or not all(sign in "0123456789abcdefABCDEF" for sign in digest):
        raise Refused("malformed_signature")
    expected = [hmac.new(_bytes(key), body, hashlib.sha256).hexdigest() for key in keys]
    if not sum(hmac.compare_digest(_bytes(digest.lower()), _bytes(one)) for one in expected):
        raise Refused("wrong_signature")


def _key(secret: str) -> bytes:
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass
    return _bytes(secret)


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _delivered(headers: Mapping[str, str], body: bytes, event: str, *ids: str) -> Delivered:
    """Without a usable id the body stands for itself: the same one twice is one delivery."""
    given = next((headers[name].strip() for name in ids if headers.get(name, "").strip()), "")
    usable = given.isascii() and given.isprintable() and 0 < len(given) <= 200
    said = headers.get(event, "").strip()
    named = said if said.isascii() and said.isprintable() and len(said) <= 100 else ""
    return Delivered(given if usable else f"sha256:{hashlib.sha256(body).hexdigest()}", named)
