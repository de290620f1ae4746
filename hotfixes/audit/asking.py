"""Asking for an audit, and taking it back. The web process only writes the row; a worker reads the repository."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import authorize, has_role
from accounts.models import Role, Team, User
from foundation import moment
from foundation.secrets import seal
from foundation.text import plain_text, single_line
from hotfixes import patterns
from hotfixes.audit import announcing
from hotfixes.models import AuditRun
from hotfixes.patterns import BadPattern
from monitoring.announce import wake
from network import locator
from products.models import Process, ProcessVersion

_WRITTEN = {"url", "limit", "product", "tag", "username"}
_SSH = re.compile(r"(?:ssh://|git@|[\w.-]+@[\w.-]+:)")


class UnderWay(Exception):
    """This person has one already: `run`. It ends, or can be cancelled."""

    def __init__(self, run: AuditRun) -> None:
        super().__init__(run)
        self.run = run


def ask(
    *,
    by: User,
    url: str,
    process: Process,
    team: Team | None = None,
    limit: int = 20,
    product: str = "",
    tag: str = "",
    username: str = "",
    token: str = "",
) -> AuditRun:
    """Raises UnderWay, PermissionDenied, ValidationError (by field)."""
    authorize(by, "add", AuditRun)
    version = process.current
    if version is None:
        raise ValidationError({"process": _("This process has no version yet.")})
    run = AuditRun(
        by=by,
        team=_team(by, team),
        url=address(url),
        version=version,
        limit=limit,
        product=product,
        tag=pattern(tag, version),
        username=username,
        token=seal(token) if token else "",
    )
    run.clean_fields(exclude={field.name for field in run._meta.fields} - _WRITTEN)
    return _begin(run)


def _begin(run: AuditRun) -> AuditRun:
    """Another of the same person may end between its being in the way and its being looked for: then once more."""
    for again in (True, True, False):
        try:
            with transaction.atomic():
                run.due_at = moment.now()
                run.save(force_insert=True)
                wake()
        except IntegrityError:
            if other := AuditRun.objects.under_way().filter(by=run.by).first():
                raise UnderWay(other) from None
            if not again:
                raise
        else:
            break
    return run


def cancel(run: AuditRun, *, by: User) -> bool:
    """Whether it was still under way; the worker ends within seconds."""
    authorize(by, "cancel", run)
    with transaction.atomic():
        rows = AuditRun.objects.under_way().filter(pk=run.pk)
        done = rows.update(
            state=AuditRun.State.CANCELLED, done_at=moment.now(), due_at=None, lease_token=None, token=""
        )
        announcing.changed(run)
    return bool(done)


def address(url: str) -> str:
    """What can be an address of a repository here, before anything is resolved. Raises ValidationError for `url`."""
    url = url.strip()
    if _SSH.match(url):
        raise _wrong(
            _("Give the address that begins with https://, the one in the browser; ssh is not read.")
        )
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme not in settings.NIGHTDESK_GIT_PROTOCOLS:
        known = ", ".join(f"{name}://" for name in settings.NIGHTDESK_GIT_PROTOCOLS)
        raise _wrong(_("The address must begin with %s.") % known)
    try:
        plain_text(url)
        single_line(url)
    except ValidationError as error:
        raise _wrong(error.messages[0]) from None
    if scheme == "file":
        return url
    try:
        cleaned = locator.clean(url)
    except locator.BadUrl as problem:
        raise _wrong(str(problem)) from None
    if urlsplit(cleaned).query:
        raise _wrong(_("The address must not contain a question mark."))
    return cleaned


def pattern(text: str, version: ProcessVersion) -> str:
    """How production tags are named, "" for as the process says. Raises ValidationError for `tag`."""
    wanted = text.strip() or str((version.document.get("policy") or {}).get("tag") or "v{new}")
    try:
        if "{new}" not in wanted:
            raise BadPattern(wanted)
        patterns.compiled(wanted)
    except BadPattern:
        said = _("Write {new} once where the version stands, such as v{new} or {product}/v{new}.")
        raise ValidationError({"tag": said}) from None
    return text.strip()


def _team(by: User, team: Team | None) -> Team | None:
    if team is not None and not has_role(by, team, Role.RESPONDER):
        raise ValidationError({"team": _("Choose a team in which you respond.")})
    return team


def _wrong(said: str) -> ValidationError:
    return ValidationError({"url": said})


def policy_of(run: AuditRun) -> dict[str, Any]:
    """The process's policy with the pattern of tags that the person gave."""
    policy = dict(run.version.document.get("policy") or {})
    return policy | {"tag": run.tag} if run.tag else policy
