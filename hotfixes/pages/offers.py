"""What the incident page offers of hotfixes: to start one, and to look at the repository again."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.access import rule
from accounts.models import User
from hotfixes.lifecycle.start import start
from hotfixes.models import Attestation, Hotfix
from hotfixes.observing import asking
from hotfixes.pages.forms import CheckForm, LookForm, StartForm
from hotfixes.said import overriding
from incidents.models import Incident
from incidents.page.actions import OFFERS, Offer
from incidents.rules import respond
from products.models import Product


def begin(
    incident: Incident,
    *,
    by: User,
    product: Product | None = None,
    at: datetime | None = None,
    **names: Any,
) -> Hotfix:
    return start(incident, by=by, product=product, at=at, **names)


def look_again(incident: Incident, *, by: User, hotfix: str = "", at: datetime | None = None) -> None:
    """Ask for a look at once; the page shows when it came."""
    found = list(incident.hotfixes.open().select_related("repository"))
    asked = [one for one in found if not hotfix or one.ref == hotfix]
    if not asked:
        raise ValidationError(_("There is no open hotfix to look at."))
    ask(asked)


def attest_check(
    incident: Incident, *, by: User, hotfix: str, check: str, at: datetime | None = None
) -> Attestation:
    """One tap: `by` says that it is so, without a word more."""
    try:
        found = Hotfix.objects.filter(incident=incident).by_ref(hotfix)
    except Hotfix.DoesNotExist:
        raise ValidationError(_("There is no such hotfix.")) from None
    return overriding.attest(found, check, by=by, at=at)


def ask(hotfixes: list[Hotfix]) -> None:
    for repository in {one.repository for one in hotfixes if one.repository}:
        asking.fetch(repository)
    asking.ask(*(one for one in hotfixes if not one.repository))


for _action in ("start_hotfix", "look_again", "attest_check"):
    rule(_action, Incident)(respond)

OFFERS.update(
    (offer.verb, offer)
    for offer in (
        # The panel offers both where they belong; the menu does not.
        Offer(
            "start_hotfix",
            _("Start the hotfix"),
            begin,
            StartForm,
            _("Branch, tag and version get their names, and the boxes tick themselves from what is pushed."),
            statuses=(),
            prefill=("product",),
        ),
        Offer("look_again", _("Look again"), look_again, LookForm, statuses=(), prefill=("hotfix",)),
        Offer(
            "attest_check",
            _("Attest"),
            attest_check,
            CheckForm,
            _("You say that it is so. The check keeps its own answer; both are shown."),
            statuses=(),
            prefill=("hotfix", "check"),
        ),
    )
)
