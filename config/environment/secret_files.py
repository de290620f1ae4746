"""Secrets that Nightdesk makes for itself at the first start and keeps in its data folder, readable by its owner only.

Each function raises ImproperlyConfigured with one line that says what to do.
"""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured


def encryption_keys(name: str, text: str, kept: Path) -> list[str]:
    """Comma-separated keys for secrets at rest, the first seals; without any, one kept in the file `kept`."""
    found = [part.strip() for part in text.split(",") if part.strip()]
    for position, key in enumerate(found or [kept_secret(kept, _new_key)], start=1):
        try:
            Fernet(key)
        except ValueError as problem:
            where = f"{name}: key {position}" if found else str(kept)
            raise ImproperlyConfigured(
                f"{where} is not a key: 32 random bytes in URL-safe base64, 44 characters"
            ) from problem
    return found or [kept_secret(kept, _new_key)]


def _new_key() -> str:
    return Fernet.generate_key().decode("ascii")


def kept_secret(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(50)) -> str:
    """The secret in this file, made at the first time: the same for every process, readable by its owner only."""
    try:
        return path.read_text().strip() or _make_secret(path, make)
    except FileNotFoundError:
        return _make_secret(path, make)
    except OSError as problem:
        raise ImproperlyConfigured(
            f"{path} cannot be read ({problem.strerror}). Set NIGHTDESK_DATA to a folder of your own."
        ) from problem


def _make_secret(path: Path, make: Callable[[], str]) -> str:
    """Written aside and linked into place, so that two first starts at once agree on one."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}")
        try:
            aside.touch(mode=0o600)
            aside.write_text(make())
            if path.exists() and not path.read_text().strip():
                path.unlink()
            with suppress(FileExistsError):
                path.hardlink_to(aside)
        finally:
            aside.unlink(missing_ok=True)
        return path.read_text()
    except OSError as problem:
        raise ImproperlyConfigured(
            f"The data folder {path.parent} cannot be written ({problem.strerror}). "
            "Set NIGHTDESK_DATA to a folder of your own."
        ) from problem
