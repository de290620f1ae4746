"""A watched story up to some moment, made once for a file: each of its tests has it as it was then, its rows by the
savepoint that it runs in (tests/fixtures/undone.py), its repository and our copy of it by a copy of the folder.
"""

import copy
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import override_settings

from tests.hotfixes.observing.watched import Watched


@dataclass
class House[Made]:
    """`made` in `disk`, which was copied to `kept` then."""

    made: Made
    disk: Path
    kept: Path

    @classmethod
    def of(cls, made: Made, disk: Path) -> "House[Made]":
        kept = disk.with_name("kept")
        shutil.copytree(disk, kept)
        return cls(made, disk, kept)

    def untouched(self, *shared: object) -> Made:
        """`shared`: what is not copied, as a server that goes on."""
        shutil.rmtree(self.disk)
        shutil.copytree(self.kept, self.disk)
        return copy.deepcopy(self.made, {id(one): one for one in shared})


@contextmanager
def house(factory: pytest.TempPathFactory, tell: Callable[[Watched], object]) -> Iterator[House[Watched]]:
    """In a module's fixture that asks for `undone`: a repository read by file, and what `tell` does in it."""
    disk = factory.mktemp("house") / "disk"
    disk.mkdir()
    with override_settings(NIGHTDESK_GIT_PROTOCOLS=("file",), NIGHTDESK_DATA=disk / "data"):
        watched = Watched.begun(disk)
        tell(watched)
        yield House.of(watched, disk)
