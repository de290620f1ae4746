"""One thing to do next, as pages and bars show it."""

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Action:
    """`verb` names the address, unless `place` names another page, `anchor` a part of its own or `url` is it.

    `tap` says that it needs no words: one button does it, and sends `hidden` with it.
    """

    verb: str
    label: str
    title: str
    reason: str
    tap: bool = False
    hidden: tuple[tuple[str, str], ...] = ()
    place: str = ""
    anchor: str = ""
    # An address of another app's, and lines for a terminal that help now.
    url: str = ""
    commands: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The same for the address of its form: `?step=branch`."""
        return f"?{urlencode(self.hidden)}" if self.hidden else ""
