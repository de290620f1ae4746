"""What can go wrong between us and a repository: a code, a sentence for a tired person, whether waiting helps."""

from enum import StrEnum
from typing import Final, override

from django.utils.translation import gettext_lazy as _

SHOWN = 300


class Trouble(StrEnum):
    """Why there is no answer. The value is stable: it is stored and shown by the API."""

    BAD_URL = "bad_url"
    PROTOCOL = "protocol_refused"
    ADDRESS = "address_refused"
    NAME = "name_not_found"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    REDIRECTED = "redirected"
    CREDENTIALS = "credentials_refused"
    NOT_A_REPOSITORY = "not_a_repository"
    REMOTE = "remote_failed"
    TIMEOUT = "timeout"
    TOO_BIG = "too_big"
    CORRUPT = "corrupt"
    SHALLOW = "shallow"
    CPU = "cpu_limit"
    MEMORY = "memory_limit"
    DISK = "disk_full"
    BUSY = "busy"
    MISSING = "missing"
    FOREIGN = "not_our_mirror"
    GIT = "git_unusable"
    UNKNOWN = "unknown"


SENTENCES: Final = {
    Trouble.BAD_URL: _("This is not an address of a repository that Nightdesk can use."),
    Trouble.PROTOCOL: _("This kind of address is not allowed here; NIGHTDESK_GIT_PROTOCOLS lists what is."),
    Trouble.ADDRESS: _("The repository's host is at an address where Nightdesk may not go."),
    Trouble.NAME: _("No host has this name."),
    Trouble.UNREACHABLE: _("The repository's host cannot be reached."),
    Trouble.TLS: _(
        "No secure connection to the host could be made: its certificate may be wrong or expired."
    ),
    Trouble.REDIRECTED: _("The host sends on to another address. Enter the new address itself."),
    Trouble.CREDENTIALS: _(
        "The host refused the token, or wants one: it may be wrong, expired or not allowed to read this repository."
    ),
    Trouble.NOT_A_REPOSITORY: _("There is no repository at this address, or the token may not see it."),
    Trouble.REMOTE: _("The repository's host answered with an error of its own, or broke off."),
    Trouble.TIMEOUT: _("It took longer than allowed and was ended."),
    Trouble.TOO_BIG: _("It is bigger than allowed and was ended."),
    Trouble.CORRUPT: _("The repository contains objects that git's own check refuses, or is damaged."),
    Trouble.SHALLOW: _("The repository is a shallow copy: its history is cut off and proves nothing."),
    Trouble.CPU: _("It used more processor time than allowed and was ended."),
    Trouble.MEMORY: _("It needed more memory than allowed and was ended."),
    Trouble.DISK: _("This server's disk is full."),
    Trouble.BUSY: _("Another process is working on this repository right now."),
    Trouble.MISSING: _("The repository does not have this commit."),
    Trouble.FOREIGN: _("The folder is not a mirror that Nightdesk made; it is left alone."),
    Trouble.GIT: _("This server's git is missing, too old or cannot be started."),
    Trouble.UNKNOWN: _("Git failed and gave a reason that Nightdesk does not know."),
}

# Nobody has to do anything: the same question may well be answered in a minute.
PASSING: Final = frozenset(
    {
        Trouble.NAME,
        Trouble.UNREACHABLE,
        Trouble.REMOTE,
        Trouble.TIMEOUT,
        Trouble.CPU,
        Trouble.MEMORY,
        Trouble.DISK,
        Trouble.BUSY,
        Trouble.UNKNOWN,
    }
)


class GitError(Exception):
    """No answer. `detail` is for people who want to know more: one printable line without secrets, ≤ 300 characters.

    >>> GitError(Trouble.TIMEOUT, "after 60 s").again
    True
    """

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble, detail)
        self.trouble = trouble
        self.detail = one_line(detail)

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


def one_line(text: str, limit: int = SHOWN) -> str:
    """`text` with everything that could move a cursor or hide made a space, shortened to `limit` characters."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text[: limit * 8]).split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"
