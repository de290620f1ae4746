"""Named places where a process may be killed in a test, to see that a second one finishes the work. Inert otherwise."""

import os
import signal

_armed = ""


def arm() -> None:
    """Read NIGHTDESK_CRASH: the one place to die at. Once at the start; again by a test's child after its fork."""
    global _armed
    _armed = os.environ.get("NIGHTDESK_CRASH", "")


def crashpoint(name: str) -> None:
    """Kill this process here and now (SIGKILL, nothing is tidied up) if the environment names this place."""
    if name == _armed:
        os.kill(os.getpid(), signal.SIGKILL)


arm()
