"""Importing everything makes half a million things that stay. Looking for garbage among them, again and again, was a
fifth of the time of a start: each process begins without, and says when it has what it needs.
"""

import gc
import sys

from config.starting import generated

# More than a start makes. Never quite off: a process that did not say so would grow, but only to an end.
RARELY = 1_000_000
# A page makes some twenty thousand things that live as long as it does. At Python's own 2,000 each is looked at before.
USUAL = (10_000, 10, 10)


def begin() -> None:
    """What follows is imports."""
    gc.set_threshold(RARELY)
    generated.begin()
    # structlog and httpx draw it in wherever it is installed, as it is with the tests' packages: 80 modules for
    # colours that nothing here shows. They go on without it.
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]


def done() -> None:
    """Everything is there: from now on garbage is looked for as usual, and never among what is there by now."""
    generated.done()
    gc.freeze()
    gc.set_threshold(*USUAL)
