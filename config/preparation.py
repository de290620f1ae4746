"""What `up` does between a running database and the first request: schema, static files, first start."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.utils.module_loading import import_string

from config.cluster import Unusable
from config.supervisor import say

# In this order, at every start; a text that one returns is shown.
FIRST_START = ("accounts.first_start.ensure_administrator", "products.shipped.import_shipped")


def prepare() -> None:
    """Everything, idempotent. Raises Unusable when the database does not answer."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        collect_static()
        for name in FIRST_START:
            if isinstance(text := import_string(name)(), str):
                say(text)
    except DatabaseError as problem:
        first = str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__
        raise Unusable(f"the database refuses: {first}") from problem
    finally:
        connections.close_all()


def collect_static() -> None:
    """Gather, name by content and compress the static files, when one has changed since the last time."""
    root = Path(settings.STATIC_ROOT)
    marker = root.with_suffix(".collected")
    digest = static_digest()
    if not marker.is_file() or marker.read_text() != digest or not root.is_dir():
        root.mkdir(parents=True, exist_ok=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        marker.write_text(digest)


def static_digest() -> str:
    """A digest over names and contents of all static files of all apps."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            digest.update(path.encode() + b"\0")
            with storage.open(path) as file:
                digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()
