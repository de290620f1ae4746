"""What can go wrong between us and a forge: a code, a sentence for a tired person, whether waiting helps."""

from datetime import datetime
from enum import StrEnum
from typing import Final, override

from django.utils.translation import gettext_lazy as _

from hotfixes.git.trouble import one_line


class Trouble(StrEnum):
    """Why there is no answer. The value is stable: it is stored and shown by the API."""

    BAD_URL = "bad_url"
    ADDRESS = "address_refused"
    NAME = "name_not_found"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    TIMEOUT = "timeout"
    REDIRECTED = "redirected"
    CREDENTIALS = "credentials_refused"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    FAILED = "forge_failed"
    NONSENSE = "nonsense"
    TOO_BIG = "too_big"
    REFUSED = "refused"


SENTENCES: Final = {
    Trouble.BAD_URL: _("This is not an address of a repository on a forge."),
    Trouble.ADDRESS: _("The forge is at an address where Nightdesk may not go."),
    Trouble.NAME: _("No host has the forge's name."),
    Trouble.UNREACHABLE: _("The forge cannot be reached."),
    Trouble.TLS: _("No secure connection to the forge: its certificate may be wrong or expired."),
    Trouble.TIMEOUT: _("The forge took too long to answer."),
    Trouble.REDIRECTED: _(
        "The forge sends on to another address: was the repository renamed? Enter its new address."
    ),
    Trouble.CREDENTIALS: _("The forge refused the token: it may be wrong, expired or revoked."),
    Trouble.FORBIDDEN: _("The token may not read this."),
    Trouble.NOT_FOUND: _("The forge does not know this repository, or the token may not see it."),
    Trouble.RATE_LIMITED: _("The forge asks us to wait: too many requests with this token."),
    Trouble.FAILED: _("The forge answered with an error of its own."),
    Trouble.NONSENSE: _("The forge's answer cannot be understood: is this the right kind of forge?"),
    Trouble.TOO_BIG: _("The forge's answer is larger than Nightdesk reads."),
    Trouble.REFUSED: _("The forge did not take what was sent."),
}

# These say nothing about the rest of the reading: only the one part is missing.
PARTIAL: Final = frozenset(
    {Trouble.FORBIDDEN, Trouble.NOT_FOUND, Trouble.FAILED, Trouble.NONSENSE, Trouble.TOO_BIG, Trouble.REFUSED}
)
# Nobody has to do anything: the same question may well be answered in a minute.
PASSING: Final = frozenset(
    {Trouble.NAME, Trouble.UNREACHABLE, Trouble.TIMEOUT, Trouble.RATE_LIMITED, Trouble.FAILED}
)


class ForgeError(Exception):
    """No answer. `detail`: one printable line without secrets, ≤ 300 characters. `until`: when to come again."""

    def __init__(self, trouble: Trouble, detail: str = "", *, until: datetime | None = None) -> None:
        super().__init__(trouble, detail)
        self.trouble = trouble
        self.detail = one_line(detail)
        self.until = until

    @property
    def sentence(self) -> str:
        """What happened, for a tired person."""
        return str(SENTENCES[self.trouble])

    @property
    def again(self) -> bool:
        """Whether trying again later makes sense without anybody changing anything."""
        return self.trouble in PASSING

    @override
    def __str__(self) -> str:
        return f"{self.sentence} ({self.detail})" if self.detail else self.sentence
