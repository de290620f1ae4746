"""What does not go together and somebody should look at now, as apps above tell it: loud and short, on Now."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from accounts.models import User
from incidents.models import Incident


@dataclass(frozen=True)
class Alarm:
    """`about`: such as `HF-3 Krow`; `todo`: what settles it, `url` where, `label` the words of that link."""

    sentence: str
    todo: str
    url: str
    about: str = ""
    label: str = ""
    # What else it speaks of: words and address of each link.
    more: tuple[tuple[str, str], ...] = ()
    # Something to keep in mind, nothing that is wrong: shown after what is.
    quiet: bool = False
    # Something to enter afterwards: after what is under way now.
    later: bool = False


type Read = Callable[[User, Sequence[Incident]], list[Alarm]]

_readers: list[Read] = []


def register(read: Read) -> None:
    if read not in _readers:
        _readers.append(read)


def unsaid(found: Iterable[Alarm], said: str) -> list[Alarm]:
    """Without what the next action, loud beside them, says in the same words (`said`)."""
    return [alarm for alarm in found if alarm.sentence not in said]


def of(user: User, shown: Sequence[Incident] = ()) -> list[Alarm]:
    """Of everything that `user` may see; `shown` is what their page has at a glance already."""
    found = (alarm for read in _readers for alarm in read(user, shown))
    return sorted(found, key=lambda alarm: (alarm.later, alarm.quiet))
