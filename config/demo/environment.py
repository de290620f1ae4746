"""What `./run demo` sets in the environment before the settings are read."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

DEMO_EMAIL, DEMO_PASSWORD = "demo@example.test", "nightdesk-demo"


def prepare(base: Path) -> None:
    """A data folder of its own, and leave to look at this machine. `base`: the checkout.

    What is set already stays, but nothing of yours is filled with made-up incidents: raises ImproperlyConfigured.
    """
    if os.environ.get("DATABASE_URL"):
        raise ImproperlyConfigured(
            "DATABASE_URL is set, and the demo fills no database but its own. Unset it to see the demo."
        )
    named = os.environ.get("NIGHTDESK_DATA")
    data = Path(named or base / ".nightdesk" / "demo").expanduser().resolve()
    os.environ["NIGHTDESK_DATA"] = str(data)
    _claim(data, known=not named)
    os.environ.setdefault("NIGHTDESK_ADMIN_EMAIL", DEMO_EMAIL)
    os.environ.setdefault("NIGHTDESK_ADMIN_PASSWORD", DEMO_PASSWORD)
    os.environ.setdefault("NIGHTDESK_PROBE_NETWORKS", "127.0.0.0/8,::1/128")
    os.environ.setdefault("NIGHTDESK_FILE_ROOTS", str(data / "files"))
    # Its own repository lies in that folder.
    os.environ.setdefault("NIGHTDESK_GIT_PROTOCOLS", "https,http,file")
    # The demo's own monitor reads in it from the first look on.
    (data / "files").mkdir(parents=True, exist_ok=True)


def _claim(data: Path, *, known: bool) -> None:
    """Mark the folder as the demo's. Refuses one that holds something else, unless it is `known` as ours."""
    marker = data / "demo"
    try:
        if not known and not marker.exists() and data.exists() and any(data.iterdir()):
            raise ImproperlyConfigured(
                f"NIGHTDESK_DATA: {data} holds something that no demo made. Name another folder, or none."
            )
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        marker.touch()
    except OSError as problem:
        raise ImproperlyConfigured(
            f"NIGHTDESK_DATA: {data} cannot be used ({problem.strerror}). Name another folder, or none."
        ) from problem
