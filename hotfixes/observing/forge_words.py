"""What Nightdesk says on the forge, where a person gave it a token that may: a status on the fix and one comment.

Said only when it reads differently; a forge that refuses is told in the log and stops nothing.
"""

import hashlib
from collections.abc import Mapping

import structlog

from foundation.written import address
from hotfixes.checks import Context, Result
from hotfixes.checks.forge.which_pull import pull_of
from hotfixes.forges.telling import Found, comment, status
from hotfixes.forges.trouble import ForgeError
from hotfixes.forges.writing import keep_comment, set_status
from hotfixes.git.trouble import GitError
from hotfixes.models import ForgeReading, Hotfix
from hotfixes.observing.forge import connection
from products.models import Forge

log = structlog.get_logger(__name__)


def say(hotfix: Hotfix, known: Context, results: Mapping[str, Result]) -> None:
    """Touches the network; no transaction may be open. A private incident says nothing outside."""
    repository = hotfix.repository
    if (
        repository is None
        or not repository.write_back
        or repository.forge == Forge.NONE
        or hotfix.incident.private
    ):
        return
    kept = ForgeReading.objects.filter(hotfix=hotfix).first()
    if kept is None or kept.trouble:
        return
    told = {
        key: Found(result.verdict, result.summary, result.next.text if result.next else "")
        for key, result in results.items()
    }
    try:
        said = _said(hotfix, known, told, kept)
    except (ForgeError, GitError) as problem:
        log.warning("forge.not_told", hotfix=hotfix.ref, trouble=str(problem)[:200])
        return
    if said != kept.said:
        ForgeReading.objects.filter(pk=kept.pk).update(said=said)


def _said(hotfix: Hotfix, known: Context, told: Mapping[str, Found], kept: ForgeReading) -> dict[str, object]:
    assert hotfix.repository is not None
    to, said = connection(hotfix.repository), dict(kept.said)
    url = address(hotfix.get_absolute_url())
    line = status(told)
    if known.tip and said.get("status") != [known.tip, line.state, line.text]:
        set_status(to, known.tip, line, url)
        said["status"] = [known.tip, line.state, line.text]
    pull = pull_of(known, known.forge) if known.forge else None
    if pull is not None:
        text = comment(hotfix.ref, url, told)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if said.get("comment") != digest:
            said["comment_id"] = keep_comment(
                to, pull.number, hotfix.ref, text, int(said.get("comment_id") or 0)
            ).id
            said["comment"] = digest
    return said
