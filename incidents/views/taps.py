"""One-tap links out of a message: GET shows what would be done, POST does it, in the name of whom the message was for.

No sign-in: the link is the proof, for one person, one incident and one thing, for an hour. What the person may not
do (any more), the link may not either.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import allowed
from accounts.limits import TooOften, count_refused
from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident
from incidents.telling import recipients
from incidents.views import update_taps
from incidents.views.said import Said
from notifications import links
from notifications.links import LinkOver, NoLink, Tap
from notifications.models import Delivery
from notifications.queue import ACKNOWLEDGE, CANNOT
from products.models import Contact

SOURCE = "link"
# What an app above does with a link of its own verb, in the name of whom the message was for.
type Deed = Callable[[HttpRequest, Tap, Incident], HttpResponse]
_deeds: dict[str, Deed] = {}


def register(verb: str, deed: Deed) -> None:
    _deeds[verb] = deed


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tap(request: HttpRequest, token: str) -> HttpResponse:
    try:
        found = links.read(token)
        incident = Incident.objects.for_page().by_ref(found.delivery.ref)
    except LinkOver as over:
        gone = Said(_("This link is over"), _("It worked for an hour. Sign in to do it on the page."), 410)
        return _page(request, gone, path=over.path)
    except (NoLink, Incident.DoesNotExist):
        return _page(request, _strange(request))
    if deed := _deeds.get(found.verb):
        foreign = _foreign(request, found)
        return _page(request, foreign) if foreign else deed(request, found, incident)
    said = _refusal(request, found, incident) or _moot(found, incident)
    if said is None and request.method == "POST":
        said = _act(found, incident)
    shows = update_taps.shows(found, incident) if found.verb in update_taps.VERBS and said is None else ""
    return _page(request, said, incident=incident, tap=found, label=links.LABELS[found.verb], shows=shows)


def _strange(request: HttpRequest) -> Said:
    """Whoever tries links on and on is told to wait; whose link is one is never counted."""
    try:
        count_refused(request)
    except TooOften:
        return Said(_("Too many tries"), _("Wait a minute, then open the link again."), 429)
    return Said(_("This is not a link of ours"), _("Perhaps a part of it is missing."), 404)


def _page(request: HttpRequest, said: Said | None, **context: Any) -> HttpResponse:
    status = said.status if said else 200
    return render(request, "incidents/tap.html", {"said": said, **context}, status=status)


def _refusal(request: HttpRequest, found: Tap, incident: Incident) -> Said | None:
    """Somebody else's link; or the person is gone from the team, or the mailbox is no contact any more."""
    user = found.delivery.user
    if user is None:
        mine = Contact.objects.filter(product=incident.product_id, address__iexact=found.delivery.address)
        may = not incident.private and mine.exists()
    elif foreign := _foreign(request, found):
        return foreign
    else:
        may = allowed(user, "acknowledge", incident)
    if may:
        return None
    return Said(_("You may not do this"), _("Ask a manager of the team to make you a responder."), 403)


def _foreign(request: HttpRequest, found: Tap) -> Said | None:
    """Opened by somebody who is signed in as another person."""
    user = found.delivery.user
    if user is None or not isinstance(request.user, User) or request.user == user:
        return None
    who = {"who": user, "you": request.user}
    text = _("You are signed in as %(you)s. Open the page and answer in your own name.") % who
    return Said(_("This link is for %(who)s") % who, text, 403)


def _moot(found: Tap, incident: Incident) -> Said | None:
    """What somebody has done already: said, not an error."""
    if found.verb in update_taps.VERBS:
        return update_taps.moot(found, incident)
    if incident.duplicate_of:
        return _goes_on(incident, incident.duplicate_of, found.delivery.user)
    if not incident.is_open:
        return Said(_("It is over"), _("%(ref)s is %(status)s.") % _names(incident), 409)
    if incident.acknowledged_at:
        event = incident.events.filter(kind="acknowledged").select_related("payload").order_by("-seq").first()
        text = _("%(ref)s is acknowledged.") % _names(incident)
        if event and found.delivery.user_id and event.actor_id == found.delivery.user_id:
            return Said(_("You have it"), text, 409)
        who = event.actor_label if event else _("Somebody")
        return Said(_("%(who)s has it") % {"who": who}, text, 409)
    if found.verb == CANNOT and found.delivery.recipient in recipients.declined(incident):
        text = _("You have passed it on, and nobody has taken it yet. Can you after all?")
        return Said(_("You have passed it on"), text, 409, take=_take(found))
    return None


def _goes_on(incident: Incident, of: Incident, reader: User | None) -> Said:
    """Whoever reads that it is over sleeps on, and the same story may burn under another name. Nothing is told of that
    one but its ref, which their message had too, and whether somebody has it; of a private one not even this, and its
    ref to those alone who may see it."""
    if of.private and not (reader and allowed(reader, "view", of)):
        text = _("%(ref)s is a duplicate of a private incident.") % {"ref": incident.ref}
        return Said(_("It goes on as a private incident"), text, 409)
    words = {"ref": incident.ref, "of": of.ref}
    calls = of.is_open and not of.acknowledged_at and not of.private
    if of.private:
        text = _("%(ref)s is a duplicate of %(of)s.")
    elif calls:
        text = _("%(ref)s is a duplicate of %(of)s, and nobody has acknowledged %(of)s yet.")
    elif of.is_open:
        text = _("%(ref)s is a duplicate of %(of)s, which somebody has.")
    else:
        text = _("%(ref)s is a duplicate of %(of)s, which is over.")
    title = _("It goes on as %(of)s") % words
    return Said(title, text % words, 409, loud=calls, path=of.get_absolute_url(), ref=of.ref)


def _take(found: Tap) -> str:
    return links.token(found.delivery, ACKNOWLEDGE) if ACKNOWLEDGE in found.delivery.offers else ""


def _act(found: Tap, incident: Incident) -> Said:
    delivery = found.delivery
    how: dict[str, Any] = {"by_link": True, "source": SOURCE}
    if delivery.user is None:
        how["label"] = delivery.label
    try:
        with transaction.atomic():
            # Two taps at once, from mail and phone: the second one sees what the first one did.
            Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
            if moot := _moot(found, incident):
                return moot
            said = _do(found, incident, how)
            Delivery.objects.filter(pk=delivery.pk).update(answer=found.verb, answered_at=moment.now())
            return said
    except TooLate as late:
        return _moot(found, late.incident) or Said(_("Too late"), str(late), 409)


def _do(found: Tap, incident: Incident, how: dict[str, Any]) -> Said:
    by = found.delivery.user
    if found.verb in update_taps.VERBS:
        return update_taps.do(found, incident, how)
    if found.verb == ACKNOWLEDGE:
        transitions.acknowledge(incident, by=by, **how)
        return Said(_("You have it"), _("%(ref)s is acknowledged; the others see it.") % _names(incident))
    event = transitions.pass_on(incident, by=by, recipient=found.delivery.recipient, **how)
    if not event.data.get("stranded"):
        return Said(_("Passed on"), event.text)
    text = _("%(ref)s has nobody: everyone who was asked cannot. Call somebody now, or take it after all.")
    return Said(_("Nobody is left to ask"), text % _names(incident), loud=True, take=_take(found))


def _names(incident: Incident) -> dict[str, str]:
    return {"ref": incident.ref, "status": str(incident.get_status_display()).lower()}
