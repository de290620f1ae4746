"""The processes that come with Nightdesk: `archy` and `krow`, stored at every start."""

from pathlib import Path

import structlog

from products.models import Process, VersionSource
from products.process import load
from products.sources.import_process import Imported, import_process

FOLDER = Path(__file__).parent.parent / "processes"

_log = structlog.get_logger(__name__)


def import_shipped() -> list[Imported]:
    """Store each shipped document that is not there yet; returns what it stored, nothing on a second call.

    A newer document replaces an older shipped one. A process that somebody here has imported is theirs: it is left
    alone. Called by `up` after the migrations; several machines may do so at once.
    """
    stored = []
    for file in sorted(FOLDER.glob("*.yaml")):
        text = file.read_bytes()
        if _is_ours(load(text, name=file.name).key):
            imported = import_process(text, name=file.name, by=None, source=VersionSource.SHIPPED)
            stored += [imported] if imported.created else []
    return stored


def _is_ours(key: str) -> bool:
    current = (
        Process.objects.filter(key=key)
        .exclude(current=None)
        .values_list("current__source", flat=True)
        .first()
    )
    if current in {None, VersionSource.SHIPPED}:
        return True
    _log.info("process.kept", process=key, reason="edited here")
    return False
