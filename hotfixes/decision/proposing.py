"""The verb `propose`: whoever works on it says what they would do, how sure they are, and why. The latest stands.

It stands on the card beside the rules and is never merged with them.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from hotfixes.decision import telling
from hotfixes.decision.options import options
from hotfixes.models import Choice
from incidents import glance
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import OPEN, Incident, TimelineEvent
from incidents.roles import holding
from incidents.telling import recipients
from incidents.work.report import check_moment
from products.vocabulary import EventKind

PROPOSE = Step(EventKind.NOTED, OPEN)
# Cannot stand in what people type: JSON escapes their quotation marks.
_MARK = '"proposal":'
_SAID = Q(kind=EventKind.ASKED) | Q(kind=EventKind.NOTED, payload__body__contains=_MARK)
MOST = 50


class Confidence(models.TextChoices):
    SURE = "sure", lazy("Sure")
    LIKELY = "likely", lazy("Quite sure")
    GUESS = "guess", lazy("A guess")


class Cause(models.TextChoices):
    """What they know of the cause: the rules ask for it."""

    KNOWN = "known", lazy("Known")
    UNKNOWN = "unknown", lazy("Not known yet")


def propose(
    incident: Incident,
    *,
    by: User,
    choice: str,
    text: str,
    option: str = "",
    confidence: str = Confidence.LIKELY,
    cause: str = "",
    at: datetime | None = None,
) -> TimelineEvent:
    """Raises TooLate, or ValidationError by field. Whoever decides is told."""
    what = _checked(incident, choice, text, option, confidence, cause)
    check_moment(incident, at)
    with transaction.atomic():
        roles = [one.label for one in holding.held(incident).values() if one.user_id == by.pk]
        proposal = {
            "choice": choice, "option": option, "what": what, "confidence": confidence, "cause": cause,
            "role": ", ".join(roles),
        }  # fmt: skip
        event = perform(incident, PROPOSE, by=by, at=at, text=" ".join(text.split()), proposal=proposal)
        telling.proposed(incident, event)
        return event


def latest(incident: Incident) -> TimelineEvent | None:
    """What was recommended last, since it was opened the last time."""
    rows = incident.events.filter(kind=EventKind.NOTED, payload__body__contains=_MARK)
    rows = rows.select_related("payload", "actor").order_by("-seq")
    found = rows.first() if glance.has(incident, "proposals") else None
    return found if found and found.recorded_at >= recipients.opened_at(incident) else None


def latest_and_asked(incident: Incident) -> tuple[TimelineEvent | None, bool]:
    """The same, and whether anybody asked anything: one query, for the incident's own page."""
    rows = incident.events.filter(_SAID).select_related("payload", "actor").order_by("-seq")[:MOST]
    events = glance.few(incident, "proposals", lambda: list(rows))
    opened = recipients.opened_at(incident) if events else None
    now = [one for one in events if opened and one.recorded_at >= opened]
    found = next((one for one in now if one.kind == EventKind.NOTED), None)
    return found, any(one.kind == EventKind.ASKED for one in now)


def shown(event: TimelineEvent | None, hidden: set[int]) -> dict[str, Any] | None:
    """As the card shows and keeps it; `text` is the timeline's, gone where it is redacted."""
    if event is None:
        return None
    text = "" if event.pk in hidden else event.text
    return {"seq": event.seq, "who": event.actor_label, **event.data["proposal"], "text": text}


def hidden_of(incident: Incident) -> set[int]:
    """Entries that somebody asked to redact."""
    return {one.event_id for one in glance.redactions_of(incident)}


def _checked(incident: Incident, choice: str, text: str, option: str, confidence: str, cause: str) -> str:
    """The option's title, as it is called now."""
    wrong: dict[str, str] = {}
    choices = {"choice": (choice, Choice.values), "confidence": (confidence, Confidence.values)}
    choices |= {"cause": (cause, Cause.values)} if cause else {}
    for name, (value, known) in choices.items():
        if value not in known:
            wrong[name] = _("Choose one of these: %(all)s.") % {"all": ", ".join(known)}
    if not text.strip():
        wrong["text"] = _("Say why in a line.")
    ways = {way["key"]: way["title"] for way in options(incident)} if option else {}
    if option and (choice != Choice.ROLLBACK or option not in ways):
        wrong["option"] = _("Choose one of these: %(all)s.") % {"all": ", ".join(ways)}
    if wrong:
        raise ValidationError(wrong)
    return str(ways.get(option, ""))


glance.register_few("proposals", TimelineEvent.objects.filter(_SAID))
