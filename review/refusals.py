"""Why a report cannot be changed as asked: each says it in words, the API answers 409 with them."""

from django.utils.translation import gettext as _

from incidents.lifecycle.lifecycle import Step, TooLate
from incidents.models import Incident, Status
from products.vocabulary import EventKind
from review.models import ActionItem, Answer

OVER = (Status.RESOLVED, Status.CLOSED)
PUBLISH = Step(EventKind.POSTMORTEM_PUBLISHED, OVER)
SCHEDULE = Step(EventKind.POSTMORTEM_SCHEDULED, OVER)


class Refused(TooLate):
    """Nobody was faster: it does not fit how things are."""

    said = ""

    def __init__(self, incident: Incident, said: str = "") -> None:
        super().__init__(incident, PUBLISH)
        self.said = said or self.said

    @property
    def faster(self) -> bool:
        return False

    @property
    def words(self) -> str:
        return str(self.said)


class Frozen(Refused):
    """It is reviewed."""

    @property
    def words(self) -> str:
        return _("This report is reviewed. Open it again to change it.")


class AnswerChanged(TooLate):
    """Somebody wrote another answer meanwhile: `theirs` is it."""

    def __init__(self, incident: Incident, theirs: Answer | None) -> None:
        super().__init__(incident, PUBLISH)
        self.theirs = theirs

    @property
    def words(self) -> str:
        if self.theirs is None:
            return _("There is no answer yet.")
        return _("%(who)s has written another answer meanwhile.") % {"who": self.theirs.by}


class ActionChanged(TooLate):
    """Somebody changed the action item meanwhile: `item` is how it is now."""

    def __init__(self, incident: Incident, item: ActionItem) -> None:
        super().__init__(incident, PUBLISH)
        self.item = item

    @property
    def words(self) -> str:
        return _("Action item %(n)s was changed meanwhile.") % {"n": self.item.number}
