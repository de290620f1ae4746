"""What stands between a draft and being published: shown on its page before anybody tries, and refused by the verb."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.access import allowed
from accounts.models import User
from products.models import Process, ProcessDraft
from products.sources.governed import governing


@dataclass(frozen=True)
class Obstacle:
    """`code` is one of same, outdated, unseen, second, aloud, read_only."""

    code: str
    message: str


class Blocked(Exception):
    """The draft cannot be published yet; `obstacles` has at least one entry."""

    def __init__(self, found: list[Obstacle]) -> None:
        super().__init__("; ".join(obstacle.code for obstacle in found))
        self.obstacles = found


def obstacles(draft: ProcessDraft, *, by: User, aloud: bool = False) -> list[Obstacle]:
    """All but a broken document, for `by`, in the order in which they are best cleared away."""
    process = Process.objects.filter(key=draft.key).select_related("current").first()
    current = process.current if process else None
    found = []
    if read_only(draft.key):
        found.append(Obstacle("read_only", _("This process is a file of the site. It is changed there.")))
    if current and current.text == draft.text:
        found.append(Obstacle("same", _("This text is in use already. There is nothing to publish.")))
    elif current and current.pk != draft.base_id:
        words = {"n": current.number}
        found.append(Obstacle("outdated", _("Version %(n)s came meanwhile. Compare it first.") % words))
    if draft.unseen:
        words = {"n": draft.unseen}
        found.append(Obstacle("unseen", _("Guesses nobody has looked at: %(n)s.") % words))
    if by.pk == draft.saved_by_id:
        if not alone(by):
            found.append(Obstacle("second", _("You changed this text last. Somebody else publishes it.")))
        elif not aloud:
            found.append(Obstacle("aloud", _("Say that you publish what you wrote yourself.")))
    return found


def alone(person: User) -> bool:
    """Whether nobody else may publish, so that a second person cannot be asked for."""
    others = User.objects.filter(is_active=True, is_administrator=True).exclude(pk=person.pk)
    return not any(allowed(other, "publish", Process) for other in others)


def read_only(key: str) -> bool:
    """Whether the document is a file of the site, which the browser and the API leave alone."""
    return governing(key) is not None
