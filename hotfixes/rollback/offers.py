"""What the incident page offers of a rollback: a step is done, the version before is back."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.access import rule
from accounts.models import User
from hotfixes.models import Rollback
from hotfixes.rollback import back, checklist
from hotfixes.rollback.forms import BackForm, StepForm
from incidents.models import Incident
from incidents.page.actions import OFFERS, Offer
from incidents.rules import respond


def rollback_step(
    incident: Incident, *, by: User, rollback: Rollback, position: int, at: datetime | None = None
) -> object:
    return checklist.tick(rollback, position, by=by, at=at)


def say_back(
    incident: Incident, *, by: User, rollback: Rollback, at: datetime | None = None, **said: Any
) -> object:
    return back.say(rollback, by=by, at=at, **said)


for _action in ("rollback_step", "say_back"):
    rule(_action, Incident)(respond)

OFFERS.update(
    (offer.verb, offer)
    for offer in (
        Offer(
            "rollback_step", _("Done"), rollback_step, StepForm, statuses=(), prefill=("rollback", "position")
        ),
        Offer(
            "say_back",
            _("It is done"),
            say_back,
            BackForm,
            _("The time to put it right stops, and the watch begins."),
            statuses=(),
            prefill=("rollback",),
        ),
    )
)
