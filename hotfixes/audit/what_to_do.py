"""What a person can do about a repository that cannot be read."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hotfixes.git.trouble import PASSING, Trouble
from hotfixes.models import AuditRun

_TODO: Final[dict[str, Promise]] = {
    Trouble.BAD_URL: _("Copy the address from the browser and audit again."),
    Trouble.PROTOCOL: _("Use the https:// address, or ask whoever runs this server."),
    Trouble.ADDRESS: _("Whoever runs this server can open that network; the line to set stands above."),
    Trouble.TLS: _("Ask whoever runs the host to mend its certificate."),
    Trouble.REDIRECTED: _("Audit again with the address to which the host sends on."),
    Trouble.CREDENTIALS: _(
        "Make a token that may read this repository, and audit again with it. It is forgotten afterwards."
    ),
    Trouble.NOT_A_REPOSITORY: _(
        "Check the address. If the repository is private, give a token that may read it."
    ),
    Trouble.TOO_BIG: _("It is bigger than an audit may be: 1 GB. Nothing can be done about it here."),
    Trouble.CORRUPT: _("Ask whoever keeps the repository to run git fsck."),
    Trouble.SHALLOW: _("Audit the full repository instead."),
    Trouble.DISK: _("Whoever runs this server must make room."),
    Trouble.GIT: _("Whoever runs this server must install git 2.39 or newer."),
}


def what_to_do(run: AuditRun) -> str:
    """Empty where nothing went wrong."""
    if not run.trouble:
        return ""
    if run.trouble in _TODO:
        return str(_TODO[run.trouble])
    if run.trouble in PASSING:
        return str(_("Audit again in a minute."))
    return str(_("Audit again. If it goes wrong again, tell whoever runs this server."))
