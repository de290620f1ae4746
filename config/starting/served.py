"""Where `up` serves: noted in the data folder, so that links which a command prints lead there."""

import os
from contextlib import suppress
from pathlib import Path

from config.environment.folders import data_folder

BASE = Path(__file__).resolve().parents[2]
NOTE = "address"


def note(folder: Path, address: str) -> None:
    """Kept when `up` ends: the next one usually serves there again. Without it links lead to the default."""
    with suppress(OSError):
        (folder / NOTE).write_text(os.environ.get("NIGHTDESK_URL") or address)


def follow() -> None:
    """For a command, before the settings are read: links lead there, unless the environment says otherwise."""
    folder = data_folder("NIGHTDESK_DATA", os.environ.get("NIGHTDESK_DATA", ""), BASE / ".nightdesk")
    with suppress(OSError):
        if address := (folder / NOTE).read_text():  # empty, where the disk was full
            os.environ.setdefault("NIGHTDESK_URL", address)
