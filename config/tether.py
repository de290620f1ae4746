"""Runs a command which ends when the process that started it ends, and which need not run as root.

A script of its own, not a `preexec_fn`: forking Python code out of a process with threads can hang. Called as

    python -I -S tether.py PARENT SIGNAL IDENTITY COMMAND [ARGUMENT…]

PARENT is the pid that must still be our parent; SIGNAL is what the command gets when that parent is gone;
IDENTITY is one of `same`; `mapped` (root on disk, but `nobody` in a user namespace of our own: PostgreSQL
refuses to run as root, and this way nothing has to be chowned or opened for it); `UID:GID`.
Exit code 76: this machine does not permit it.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

NOBODY = 65534
NOT_PERMITTED = 76
PR_SET_PDEATHSIG = 1


def tethered(command: list[str], *, death_signal: int, identity: str = "same") -> list[str]:
    """The command line that ties `command` to this process. Start it from the main thread, in a new session:
    the kernel watches the thread that started it, not the process."""
    return [
        sys.executable,
        "-I",
        "-S",
        __file__,
        str(os.getpid()),
        str(int(death_signal)),
        identity,
        *command,
    ]


def become(identity: str) -> None:
    """Take on the identity; raises OSError where the machine does not allow it."""
    if identity == "mapped":
        uid, gid = os.getuid(), os.getgid()
        os.unshare(os.CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")
    elif identity != "same":
        uid, gid = (int(part) for part in identity.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def tie_to(parent: int, death_signal: int) -> None:
    """Ask the kernel for the signal; after `become`, which clears it. Nothing of the kind but on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit(1)  # it died before the kernel knew


def main(parent: str, death_signal: str, identity: str, *command: str) -> None:
    """Prepare, then become the command: same pid, default signals."""
    try:
        become(identity)
    except (OSError, AttributeError) as problem:
        sys.stderr.write(f"cannot run as {identity}: {problem}\n")
        sys.exit(NOT_PERMITTED)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    tie_to(int(parent), int(death_signal))
    os.execv(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(*sys.argv[1:])
