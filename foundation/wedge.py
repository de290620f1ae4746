"""Named places where a loop may be held in a test, to see that it is noticed. Inert otherwise.

`NIGHTDESK_WEDGE=ticker:/tmp/stuck` holds the ticker for as long as that file exists; several are separated by commas.
"""

import os
import time
from pathlib import Path


def _armed(text: str) -> dict[str, Path]:
    pairs = (part.partition(":") for part in text.split(",") if ":" in part)
    return {name: Path(path) for name, _colon, path in pairs}


_ARMED = _armed(os.environ.get("NIGHTDESK_WEDGE", ""))


def is_held(name: str) -> bool:
    """Whether the environment names this place and its file exists."""
    return name in _ARMED and _ARMED[name].exists()


def wedge(name: str) -> None:
    """Stay here for as long as that is so."""
    while is_held(name):
        time.sleep(0.1)
