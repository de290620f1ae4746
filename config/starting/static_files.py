"""The static files: gathered, named by content and compressed, when one has changed since the last time."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command


def collect_static() -> None:
    """Gather, name by content and compress the static files, when one has changed since the last time.

    Raises ImproperlyConfigured for a folder that is not ours: what lies there is deleted first.
    """
    if not are_collected():
        _claim()
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        _marker().write_text(static_digest())


def _claim() -> None:
    """The folder is ours from here on, also if we die before the end: its mark says so."""
    root, marker = _root(), _marker()
    try:
        root.mkdir(parents=True, exist_ok=True)
        if not _is_ours(root) and any(found.name != "lost+found" for found in root.iterdir()):
            raise ImproperlyConfigured(
                f"NIGHTDESK_STATIC: {root} holds something that Nightdesk did not put there, and all of it would be "
                "deleted. Name an empty folder, or a new one"
            )
        marker.write_text("")
    except OSError as problem:
        raise ImproperlyConfigured(
            f"NIGHTDESK_STATIC: {root} cannot be written ({problem.strerror}). Name a folder of your own"
        ) from problem


def _is_ours(root: Path) -> bool:
    """By its mark, or by the list of names that is written last: a volume may come without what lies beside it."""
    return _marker().is_file() or (root / "staticfiles.json").is_file()


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
    return _root().parent / f"{_root().name}.collected"
