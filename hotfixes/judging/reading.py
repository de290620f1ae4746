"""Which reader a hotfix is judged by: this machine's copy, or why there is nothing to read."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from hotfixes.checks import Next, Result
from hotfixes.checks.shapes import pending, unknown
from hotfixes.git import mirror as mirrors
from hotfixes.git.reader import GitReader, Ref
from hotfixes.git.recalling import Recalling
from hotfixes.git.trouble import GitError, Trouble
from hotfixes.git.unreadable import Unreadable
from hotfixes.models import Hotfix, Mirror
from hotfixes.observing.places import folder, position, seen_file

# By folder: up to which observation, and the refs as they were then.
_SHOWN: dict[str, tuple[str, Mapping[str, Ref]]] = {}
MAX_SHOWN, MAX_REFS = 100, 5_000


def nothing_to_read(hotfix: Hotfix) -> Result | None:
    """The answer of every git check while there is no copy; None when there is one."""
    if hotfix.repository is None:
        said = _("Can't tell: no repository is connected to %s.") % hotfix.product
        return unknown(said, then=Next(_("Connect it on the product's page, or say here what you know.")))
    mirror = Mirror.objects.filter(repository=hotfix.repository).first()
    if mirror is None or mirror.state == Mirror.State.NEW:
        how_far = f" ({mirror.percent} %)" if mirror and mirror.percent else ""
        return pending(_("The repository is being read for the first time%s.") % how_far)
    return None


def reader(hotfix: Hotfix) -> GitReader:
    """For a hotfix with something to read. Trouble with the repository is what every question answers."""
    mirror = Mirror.objects.get(repository=hotfix.repository)
    if mirror.state == Mirror.State.TROUBLE:
        return Unreadable(GitError(Trouble(mirror.trouble), mirror.detail))
    try:
        copy = mirrors.opened(folder(mirror.repository_id))
        return Recalling(copy.cli, str(copy.folder))
    except GitError as problem:
        return Unreadable(problem)


def remember(repository: int, at: str, refs: Mapping[str, Ref]) -> None:
    """What a look has just shown, up to the observation `at`, for the rounds that follow it on this machine."""
    if len(_SHOWN) >= MAX_SHOWN:
        _SHOWN.clear()
    if len(refs) <= MAX_REFS:
        _SHOWN[str(folder(repository))] = (at, refs)


def shown(hotfix: Hotfix) -> Mapping[str, Ref] | None:
    """The refs of the last good look, when nothing has been seen since; None: the reader must be asked."""
    mirror = Mirror.objects.filter(repository=hotfix.repository_id, state=Mirror.State.READY).first()
    if mirror is None:
        return None
    at, refs = _SHOWN.get(str(folder(mirror.repository_id)), ("", None))
    return refs if refs is not None and at == position(mirror.repository_id) else None


def is_here(hotfix: Hotfix) -> bool:
    """Whether this machine's copy is as new as what was seen. Another worker may have looked, or one looks now."""
    mirror = Mirror.objects.filter(repository=hotfix.repository_id).first()
    if mirror is None or mirror.state != Mirror.State.READY:
        return True
    return mirror.lease_token is None and is_new(hotfix)


def is_new(hotfix: Hotfix) -> bool:
    """Whether this machine's copy has all that was ever seen."""
    repository = hotfix.repository_id or 0
    try:
        return seen_file(repository).read_text() == position(repository)
    except OSError:
        return False
