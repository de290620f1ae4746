"""The verbs `ask` and `answer`: what a decider wants to know first, and what the one who may know says.

The words stand on the timeline alone; a private word is said elsewhere. The question is a task of whom it is for until
it is answered, and both stand on the card and are frozen with a decision.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.crash import crashpoint
from foundation.written import utc, utc_or_none
from hotfixes.decision import telling
from hotfixes.models import Question
from incidents import glance
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import OPEN, Incident, Participant
from incidents.rules import sees
from incidents.telling import recipients
from products.contacts import responders
from products.vocabulary import EventKind

ASK = Step(EventKind.ASKED, OPEN)
ANSWER = Step(EventKind.ANSWERED, OPEN)
MOST = 20
ABOUT_LIMIT = 40


class Answered(ValidationError):
    """Somebody has answered it already."""


def ask(
    incident: Incident,
    *,
    by: User,
    text: str,
    to: User | None = None,
    about: str = "",
    at: datetime | None = None,
) -> Question:
    """`to`: else whoever leads; while nobody leads, whoever responds is told. `about`: which unknown of the card.

    Raises TooLate, or ValidationError by field.
    """
    if not text.strip():
        raise ValidationError({"text": _("Ask something first.")})
    to = to or incident.lead
    if to and not sees(to, incident):
        raise ValidationError({"to": _("%s may not read this incident.") % to})
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        if open_of(incident).count() >= MOST:
            raise ValidationError({"text": _("%s questions wait for an answer already.") % MOST})
        event = perform(
            incident, ASK, by=by, at=at, text=text.strip(), to=str(to or ""), about=about[:ABOUT_LIMIT]
        )
        made = Question.objects.create(
            incident=incident, by=by, to=to, about=about[:ABOUT_LIMIT], at=event.occurred_at, event=event
        )
        telling.asked(incident, event, [to] if to else _everybody(incident))
        crashpoint("verb.asked")
        return made


def answer(question: Question, *, by: User, text: str, at: datetime | None = None) -> Question:
    """Once. Who asked is told again. Raises TooLate, Answered, or ValidationError by field."""
    if not text.strip():
        raise ValidationError({"text": _("Answer something first.")})
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=question.incident_id)
        row = (
            Question.objects.select_for_update(of=("self",))
            .select_related("by", "event__payload")
            .get(pk=question.pk)
        )
        if row.answered_at:
            raise Answered(_("It is answered already."))
        event = perform(
            incident, ANSWER, by=by, at=at, text=text.strip(), to=str(row.by), question=row.event.seq
        )
        row.answered_at, row.answered_by, row.answer = event.occurred_at, by, event
        row.save(update_fields=["answered_at", "answered_by", "answer"])
        telling.answered(incident, event, row.by)
        crashpoint("verb.answered")
        return row


def open_of(incident: Incident) -> Any:
    """Those that wait; what was asked before it was opened again stands on no card any more."""
    rows = Question.objects.filter(incident=incident, answered_at=None)
    return rows.filter(event__recorded_at__gte=recipients.opened_at(incident))


def questions(incident: Incident) -> list[Question]:
    """Since it was opened the last time, the first one first."""
    rows = Question.objects.filter(incident=incident).order_by("-pk")
    rows = rows.select_related("by", "to", "answered_by", "event__payload", "answer__payload")
    found = glance.few(incident, "questions", lambda: list(rows[: 2 * MOST]))
    opened = recipients.opened_at(incident) if found else None
    return [one for one in reversed(found) if opened and one.event.recorded_at >= opened]


def shown(question: Question, hidden: set[int]) -> dict[str, Any]:
    """As the card shows and keeps it; the words are the timeline's, gone where they are redacted."""
    answer = question.answer
    return {
        "id": question.pk,
        "seq": question.event.seq,
        "who": str(question.by),
        "to": str(question.to or ""),
        "about": question.about,
        "at": utc(question.at),
        "text": "" if question.event_id in hidden else question.event.text,
        "answered_by": str(question.answered_by or ""),
        "answered_at": utc_or_none(question.answered_at),
        "answer_seq": answer.seq if answer else None,
        "answer": "" if answer is None or answer.pk in hidden else answer.text,
    }


def _everybody(incident: Incident) -> list[User]:
    if incident.private:
        rows = Participant.objects.filter(incident=incident).select_related("user").order_by("pk")
        return [row.user for row in rows]
    return responders(incident.product)


glance.register_few("questions", Question.objects.all())
