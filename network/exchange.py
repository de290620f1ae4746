"""One question to the outside and its answer, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. Times in seconds over the whole exchange with its redirects, sizes in bytes after
    decompression.

    `headers` are "Name: value" lines; they are dropped at the first redirect to another origin.
    `certificate` reads the server's expiry date.
    """

    url: str
    method: str = "GET"
    headers: tuple[str, ...] = ()
    connect_s: float = 5
    total_s: float = 10
    max_bytes: int = MAX_BYTES
    redirects: int = 5
    certificate: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `error` is "" or a code of ERRORS and `detail` its sentence; status, headers and body
    hold what was read until then.

    `headers` have lower-case names; `latency_ms` sums all hops; `peer` is the address that answered last
    ("" if none did).
    """

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    latency_ms: float = 0.0
    error: str = ""
    detail: str = ""
    final_url: str = ""
    peer: str = ""
    certificate_expires: datetime | None = None


ERRORS = {
    "bad_url": _("This address cannot be used."),
    "refused_address": _("Nightdesk may not go there."),
    "dns": _("The name could not be resolved."),
    "connect": _("Nothing accepted the connection."),
    "timeout": _("There was no full answer in time."),
    "tls": _("The encrypted connection failed."),
    "no_ca": _("This machine has no certificate authorities: install ca-certificates or set SSL_CERT_FILE."),
    "too_large": _("The answer is larger than Nightdesk reads."),
    "too_many_redirects": _("The answer redirects too many times."),
    "broken_answer": _("The answer broke off or is not HTTP."),
    "internal": _("Nightdesk itself failed on this request."),
}
