"""Four eyes: who may agree to what, and whether there is a second person at all (K87)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from hotfixes.models import Hotfix
from incidents.models import Incident
from products.contacts import responders
from products.vocabulary import EventKind


def alone(incident: Incident) -> bool:
    """A team of one: nobody else of it may respond."""
    return len(responders(incident.product)) <= 1


def refuse_author(hotfix: Hotfix, incident: Incident, by: User) -> None:
    """ValidationError for whoever wrote the fix, as git names them, or said that they pushed it."""
    words = {by.email.casefold(), by.name.casefold()} - {""}
    pushed = incident.events.filter(kind=EventKind.FIX_PUSHED, actor=by)
    if words & {word.casefold() for word in hotfix.authors} or pushed.exists():
        raise ValidationError(
            _("You wrote the fix. Whether it goes on without a review is for two others to say.")
        )
