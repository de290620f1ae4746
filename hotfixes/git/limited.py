"""Run by `launch` where prlimit and setpriv are missing: sets limits on itself, then becomes the command.

    python -I -S limited.py CPU MEMORY FILE PARENT COMMAND…

Standard library only, nothing of the project: it starts in 20 ms. Linux ends it with its parent (PR_SET_PDEATHSIG).
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(numbers: list[int], command: list[str]) -> None:
    cpu, memory, file, parent = numbers
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file, file))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS takes no limit of address space
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and a command would inherit that
        signal.signal(number, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606 - the command is fixed by launch's caller


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:5]], sys.argv[5:])
