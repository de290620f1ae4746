"""Messages around a decision: recommended, asked, answered, to be looked at again, decided without the role.

Whoever may decide gets a one-tap link with it: it shows the card, and what it decides asks who they are.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from hotfixes.decision import deciders
from incidents.models import Incident, TimelineEvent
from incidents.sentences.decisions import chosen, decided, sure
from incidents.telling import notice, recipients
from notifications import queue
from notifications.links import DECIDE

PROPOSED, ASKED, ANSWERED, REVISIT, EMERGENCY = "proposed", "asked", "answered", "revisit", "emergency"


def proposed(incident: Incident, event: TimelineEvent) -> None:
    """Whoever decides hears what is recommended, before they look."""
    proposal = event.data["proposal"]
    words = {"who": event.actor_label, "what": chosen(proposal), "how": sure(proposal)}
    line = _words(incident, _("%(who)s recommends: %(what)s (%(how)s).") % words, event)
    _tell(incident, notice.about(event), PROPOSED, deciders.asked(incident), _("hotfix or rollback?"), line,
          but=event.actor, decide=True)  # fmt: skip


def asked(incident: Incident, event: TimelineEvent, to: Iterable[User]) -> None:
    words = _("%s asks, and waits with the decision.") % event.actor_label
    _tell(incident, notice.about(event), ASKED, to, _("a question for you"), _words(incident, words, event),
          but=event.actor)  # fmt: skip


def answered(incident: Incident, event: TimelineEvent, to: User) -> None:
    words = _("%s has answered your question.") % event.actor_label
    _tell(incident, notice.about(event), ANSWERED, [to], _("your question is answered"),
          _words(incident, words, event), but=event.actor, decide=True)  # fmt: skip


def revisit(incident: Incident, about: str, to: User, what: str) -> None:
    """Once for each time that somebody asked to be told."""
    line = _("You wanted to look again at: %s") % what
    _tell(incident, about, REVISIT, [to], _("look again"), line, decide=True)


def in_emergency(incident: Incident, event: TimelineEvent) -> None:
    """Whoever should have decided hears at once that somebody else did."""
    words = {"who": event.actor_label, "what": decided(event), "role": event.data.get("role", "")}
    line = _words(incident, _("%(who)s has decided in an emergency: %(what)s (%(role)s).") % words, event)
    _tell(incident, notice.about(event), EMERGENCY, deciders.asked(incident), _("decided without you"), line,
          but=event.actor, decide=True)  # fmt: skip


def _words(incident: Incident, line: str, event: TimelineEvent) -> str:
    """What somebody wrote is for those who may read the incident."""
    return f"{line}\n{event.text}" if event.text and not incident.private else line


def _tell(
    incident: Incident,
    about: str,
    key: str,
    to: Iterable[User],
    headline: str,
    line: str,
    *,
    but: User | None = None,
    decide: bool = False,
) -> None:
    whom = [recipients.person(incident, user) for user in to if but is None or user.pk != but.pk]
    message = notice.message(
        incident, key, headline, line, path=reverse("decision_card", args=[incident.ref])
    )
    queue.tell(
        about=about,
        key=key,
        to=[replace(one, may_act=True) for one in whom],
        message=replace(message, offers=(DECIDE,) if decide else ()),
        team=incident.product.team,
        rank=incident.severity.rank,
        wake=incident.severity.wake and incident.is_open,
    )
