"""What curl's error numbers mean, as a word and a sentence for people."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pycurl
from django.utils.translation import gettext as _

from network.exchange import ERRORS
from network.names import Lookup


@dataclass(slots=True)
class Attempt:
    """What one hop did: the peers that the policy refused, whether an allowed one was tried, whether more
    came than we read.
    """

    refused: list[str] = field(default_factory=list)
    tried: bool = False
    overflow: bool = False


_WORDS = {
    pycurl.E_COULDNT_RESOLVE_HOST: "dns",
    pycurl.E_COULDNT_CONNECT: "connect",
    pycurl.E_OPERATION_TIMEDOUT: "timeout",
    pycurl.E_URL_MALFORMAT: "bad_url",
    pycurl.E_SSL_CONNECT_ERROR: "tls",
    pycurl.E_PEER_FAILED_VERIFICATION: "tls",
    pycurl.E_SSL_CACERT_BADFILE: "no_ca",
    pycurl.E_SSL_CERTPROBLEM: "tls",
    pycurl.E_SSL_CIPHER: "tls",
    pycurl.E_SSL_ISSUER_ERROR: "tls",
    pycurl.E_TOO_MANY_REDIRECTS: "too_many_redirects",
    pycurl.E_OUT_OF_MEMORY: "internal",
    pycurl.E_FAILED_INIT: "internal",
    pycurl.E_BAD_FUNCTION_ARGUMENT: "internal",
}


def error_of(
    number: int, message: str, attempt: Attempt, refusal: Callable[..., str | None]
) -> tuple[str, str]:
    """(code, sentence) for a failed hop. A refused peer counts only when no allowed one was tried:
    `localhost` may be two addresses.
    """
    if attempt.overflow:
        return "too_large", str(ERRORS["too_large"])
    if attempt.refused and not attempt.tried:
        return "refused_address", refusal(*attempt.refused) or str(ERRORS["refused_address"])
    return _worded(_WORDS.get(number, "broken_answer"), message)


def unresolved(lookup: Lookup) -> tuple[str, str]:
    """(code, sentence) for a name without addresses. A name that never got a thread is our own failure, not
    the target's.
    """
    if not lookup.began:
        return _worded("internal", _("too many names wait to be resolved"))
    return _worded("dns", lookup.error if lookup.done else _("no answer in time"))


def _worded(code: str, said: str) -> tuple[str, str]:
    said = "".join(c for c in said if c.isprintable())[:300]
    return code, f"{ERRORS[code]} ({said})" if said else str(ERRORS[code])
