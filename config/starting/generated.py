"""Every dataclass writes its methods as text and has them compiled, when its module is imported: a sixth of a start,
for there are three hundred. What was compiled once is kept beside our modules' byte code, as Python does with files.

The same text is the same code: nothing that is kept can be out of date. Without the file, or with one that a power cut
has damaged, everything is compiled.
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
DIGEST = 16

_kept: dict[bytes, bytes] = {}
_used: dict[bytes, bytes] = {}


def begin() -> None:
    """From here on dataclasses ask here for their code."""
    with suppress(OSError):
        whole = PLACE.read_bytes()
        body = whole[DIGEST:]
        if whole[:DIGEST] == _digest(MAGIC_NUMBER + body):
            _kept.update(marshal.loads(body))  # noqa: S302 - as trusted as the .pyc beside it
    dataclasses.exec = _run  # type: ignore[attr-defined]


def done() -> None:
    """Keep what was new, where byte code is written at all."""
    vars(dataclasses).pop("exec", None)
    used = dict(_used)  # another thread may be importing
    if not (used.keys() <= _kept.keys() or sys.dont_write_bytecode):
        body = marshal.dumps(used if len(_kept) > MOST else _kept | used)
        unfinished = PLACE.with_name(f"{PLACE.name}.{os.getpid()}")
        with suppress(OSError):
            PLACE.parent.mkdir(exist_ok=True)
            unfinished.write_bytes(_digest(MAGIC_NUMBER + body) + body)
            unfinished.replace(PLACE)
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)  # nothing half-done stays, such as on a full disk
    _kept.clear()
    _used.clear()


def _run(text: Any, *names: Any) -> None:
    """The `exec` of the module dataclasses."""
    key = _digest(text.encode())
    code = (
        _used.get(key)
        or _kept.get(key)
        or marshal.dumps(compile(text, "<string>", "exec", dont_inherit=True))
    )
    _used[key] = code
    builtins.exec(marshal.loads(code), *names)  # noqa: S102, S302


def _digest(what: bytes) -> bytes:
    return hashlib.blake2b(what, digest_size=DIGEST).digest()
