"""Where versions of a process are in use, told by the apps above that know (incidents)."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from products.models import Process


@dataclass(frozen=True)
class Use:
    """Something that runs by version `number`: its name, title and address."""

    name: str
    title: str
    number: int
    href: str


type Finder = Callable[[Process, User], list[Use]]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """`finder` answers what runs by a process, as far as the person may see it. For AppConfig.ready()."""
    if finder not in _finders:
        _finders.append(finder)


def uses(process: Process, user: User) -> list[Use]:
    return [use for finder in _finders for use in finder(process, user)]
