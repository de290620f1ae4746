"""The forge beside a repository, read for one hotfix at each look: hooks are only hints.

What it showed last stays when it cannot be reached; the checks then say that they cannot tell.
"""

from dataclasses import replace

import structlog

from foundation import moment
from foundation.secrets import SecretLost
from hotfixes.checks import Context
from hotfixes.forges.asking import Ask
from hotfixes.forges.reading import Connection, read
from hotfixes.forges.shapes import Reading
from hotfixes.forges.trouble import ForgeError, Trouble
from hotfixes.git import names
from hotfixes.git.trouble import GitError
from hotfixes.git_access import policy, protocols
from hotfixes.models import ForgeReading, Hotfix
from hotfixes.naming import named
from hotfixes.observing import forge_deployments
from products.models import Forge, Repository

log = structlog.get_logger(__name__)


def consulted(hotfix: Hotfix, known: Context) -> Context:
    """`known` with what the forge says now. Touches the network; no transaction may be open."""
    repository = hotfix.repository
    if repository is None or repository.forge == Forge.NONE:
        return known
    kept, _made = ForgeReading.objects.get_or_create(hotfix=hotfix)
    now = moment.now()
    if kept.until and kept.until > now:  # it asked us to wait
        return known
    try:
        reading, etags = read(connection(repository), _ask(hotfix, known), kept.etags)
    except ForgeError as problem:
        return _troubled(kept, known, problem)
    kept.data, kept.etags = reading.to_json(), etags
    kept.read_at = kept.tried_at = now
    kept.trouble, kept.detail, kept.until = "", "", None
    kept.save(update_fields=["data", "etags", "read_at", "tried_at", "trouble", "detail", "until"])
    forge_deployments.keep(hotfix, reading, known)
    return replace(known, forge=reading, forge_trouble="")


def connection(repository: Repository) -> Connection:
    """Raises ForgeError CREDENTIALS when the token's key is lost: it must be entered again."""
    try:
        token = repository.opened_token
    except SecretLost as lost:
        raise ForgeError(Trouble.CREDENTIALS, str(lost)) from None
    return Connection(
        repository.forge, repository.web_url or repository.url, token, policy=policy(), protocols=protocols()
    )


def _troubled(kept: ForgeReading, known: Context, problem: ForgeError) -> Context:
    kept.tried_at, kept.until = moment.now(), problem.until
    kept.trouble, kept.detail = str(problem.trouble), str(problem)[:300]
    kept.save(update_fields=["tried_at", "trouble", "detail", "until"])
    log.warning("forge.trouble", hotfix=kept.hotfix_id, trouble=kept.trouble)
    reading = Reading.from_json(kept.data) if kept.read_at else None
    return replace(known, forge=reading, forge_trouble=kept.detail)


def _ask(hotfix: Hotfix, known: Context) -> Ask:
    """By the names that git shows; while it cannot be read, by those that the policy gives."""
    try:
        branch = known.branch_name.removeprefix(names.HEADS) or named.branch(hotfix)
        heads = [known.tip, known.tag.commit if known.tag else None, known.main]
    except GitError:
        branch, heads = named.branch(hotfix), []
    # Nothing goes back to the tag before until there is something to go back from.
    before = known.base_name if len(heads) > 1 and heads[1] else ""
    return Ask(branch, tuple(dict.fromkeys(head for head in heads if head)), named.tag(hotfix), before)
