"""One message by apprise: a process that is given its task on stdin, has seconds, and is killed when they are over."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from network import authorities
from network.egress import Policy
from notifications.confined.allowed import SERVICES, service_of

# A message; looking at an address.
WHOLE_S = 20.0
# Each takes some 60 MB. Whoever finds no room comes again.
AT_ONCE, WAIT_S = 6, 1.0
CHILD = Path(__file__).with_name("child.py")
_room = threading.BoundedSemaphore(AT_ONCE)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """`refused`: the egress policy's sentence. `trouble`: busy, late or broken, when apprise itself said nothing."""

    ok: bool
    said: str = ""
    refused: str = ""
    trouble: str = ""


def run(
    url: str, title: str = "", body: str = "", *, type_: str = "info", only_check: bool = False
) -> Answer:
    """Send, or with `only_check` only see whether apprise understands the address. Never raises."""
    service = service_of(url)
    policy = Policy.from_settings("webhook")
    task = {
        "url": url,
        "service": service,
        "module": SERVICES[service],
        "title": title,
        "body": body,
        "type": type_,
        "only_check": only_check,
        "networks": sorted(str(one) for one in policy.networks),
        "variable": policy.variable,
        "authorities": authorities.bundle() or "",
    }
    if not _room.acquire(timeout=WAIT_S):
        return Answer(False, trouble="busy")
    try:
        return _answer(task)
    finally:
        _room.release()


def _answer(task: dict[str, Any]) -> Answer:
    # Nothing of ours in its environment: no secret, no proxy, no home with a .netrc.
    environment = {"LANG": "C.UTF-8", "HOME": "/nonexistent", "NO_PROXY": "*"}
    if task["authorities"]:
        environment |= {"REQUESTS_CA_BUNDLE": task["authorities"], "SSL_CERT_FILE": task["authorities"]}
    try:
        done = subprocess.run(  # noqa: S603 - our own Python and our own file; the address goes in by stdin
            [sys.executable, "-I", "-B", str(CHILD)],
            input=json.dumps(task).encode(),
            capture_output=True,
            timeout=WHOLE_S,
            env=environment,
            cwd="/",
            check=False,
            start_new_session=True,
        )
        said = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Answer(False, trouble="late")
    except (OSError, ValueError):
        _log.warning("apprise.broken", service=task["service"])
        return Answer(False, trouble="broken")
    if said["broken"]:
        _log.warning("apprise.walls", service=task["service"], event=said["broken"])
    return Answer(bool(said["ok"]), str(said["said"]), str(said["refused"]))
