"""Every dataclass writes its methods as text and has them compiled, when its module is imported: a sixth of a start,
for there are three hundred. What was compiled once is kept beside our modules' byte code, as Python does with files.

The same text is the same code: nothing that is kept can be out of date, and without the file everything is compiled.
"""

import builtins
import dataclasses
import hashlib
import marshal
import os
import sys
from contextlib import suppress
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any

PLACE = Path(__file__).parent / "__pycache__" / f"dataclasses.{sys.implementation.cache_tag}"
# Texts of earlier states of the code stay until there are so many.
MOST = 2000

_kept: dict[bytes, bytes] = {}
_used: dict[bytes, bytes] = {}


def begin() -> None:
    """From here on dataclasses ask here for their code."""
    with suppress(OSError, ValueError, TypeError, EOFError):
        made_by, found = marshal.loads(PLACE.read_bytes())  # noqa: S302 - as trusted as the .pyc beside it
        _kept.update(found if made_by == MAGIC_NUMBER else {})
    dataclasses.exec = _run  # type: ignore[attr-defined]


def done() -> None:
    """Keep what was new, where byte code is written at all."""
    vars(dataclasses).pop("exec", None)
    if not (_used.keys() <= _kept.keys() or sys.dont_write_bytecode):
        unfinished = PLACE.with_name(f"{PLACE.name}.{os.getpid()}")
        with suppress(OSError):
            PLACE.parent.mkdir(exist_ok=True)
            unfinished.write_bytes(
                marshal.dumps((MAGIC_NUMBER, _used if len(_kept) > MOST else _kept | _used))
            )
            unfinished.replace(PLACE)
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)  # nothing half-done stays, such as on a full disk
    _kept.clear()
    _used.clear()


def _run(text: Any, *names: Any) -> None:
    """The `exec` of the module dataclasses."""
    key = hashlib.blake2b(text.encode(), digest_size=16).digest()
    if key not in _used:
        _used[key] = _kept.get(key) or marshal.dumps(compile(text, "<string>", "exec", dont_inherit=True))
    builtins.exec(marshal.loads(_used[key]), *names)  # noqa: S102, S302
