"""What a change of a repository means for its copy: look at once, or never again."""

from datetime import timedelta

from foundation import moment
from hotfixes.models import Hotfix, Mirror
from hotfixes.observing import asking
from products.models import Repository

LONG = timedelta(days=36_500)


def followed(repository: Repository) -> None:
    """Runs in the verb's transaction. A repository that no product and no open hotfix needs is left alone; what was
    seen of it stays.
    """
    if is_needed(repository):
        asking.fetch(repository)
        return
    facts: dict[str, object] = {
        "trouble": "",
        "detail": "",
        "trouble_since": None,
        "percent": None,
        "phase": "",
    }
    Mirror.objects.filter(repository=repository).update(
        state=Mirror.State.NEW, due_at=moment.now() + LONG, lease_token=None, asked_at=None, hook={}, **facts
    )


def is_needed(repository: Repository) -> bool:
    here = repository.products.filter(archived_at=None).exists()
    return here or Hotfix.objects.open().filter(repository=repository).exists()
