"""The static files: gathered, named by content and compressed, when one has changed since the last time."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_static() -> None:
    """Gather, name by content and compress the static files, when one has changed since the last time."""
    if not are_collected():
        _root().mkdir(parents=True, exist_ok=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        _marker().write_text(static_digest())


def are_collected() -> bool:
    """Whether what was gathered last is what there is now."""
    marker = _marker()
    return marker.is_file() and _root().is_dir() and marker.read_text() == static_digest()


def static_digest() -> str:
    """A digest over names and contents of all static files of all apps."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            digest.update(path.encode() + b"\0")
            with storage.open(path) as file:
                digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()


def _root() -> Path:
    return Path(settings.STATIC_ROOT)


def _marker() -> Path:
    return _root().with_suffix(".collected")
