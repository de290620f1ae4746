"""Where this machine keeps its copies of repositories, and how new each is."""

from pathlib import Path

from hotfixes.git_access import mirrors
from hotfixes.models import RefObservation


def folder(repository: int) -> Path:
    return mirrors() / str(repository)


def seen_file(repository: int) -> Path:
    """Beside the copy: the last observation that its fetch led to."""
    return mirrors() / f"{repository}.seen"


def position(repository: int) -> str:
    """The last observation of all machines."""
    rows = RefObservation.objects.filter(repository=repository).order_by("-pk")
    return str(rows.values_list("pk", flat=True).first() or 0)
