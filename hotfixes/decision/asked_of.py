"""Questions before a decision as the next action of whom they are asked: the decision waits for the answer."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from hotfixes.models import Question
from incidents import glance
from incidents.models import Incident, TimelineEvent
from incidents.work.action import Action
from incidents.work.verdicts import Asked
from products.vocabulary import EventKind


def of(incidents: Sequence[Incident]) -> dict[int, tuple[Asked, ...]]:
    """By the incident's primary key, the first question first. One query for any number of incidents, or none."""
    wanted = {one.pk: one for one in incidents if one.is_open and glance.has(one, "questions")}
    found: dict[int, tuple[Asked, ...]] = {}
    for question in _open(list(wanted)) if wanted else ():
        key = question.incident_id
        found[key] = (*found.get(key, ()), Asked(question.to_id, _action(question, wanted[key])))
    return found


def _open(incidents: list[int]) -> Sequence[Question]:
    """What was asked before it was opened again waits for nobody."""
    again = TimelineEvent.objects.filter(incident=OuterRef("incident"), kind=EventKind.REOPENED)
    rows = Question.objects.filter(incident__in=incidents, answered_at=None)
    rows = rows.exclude(Exists(again.filter(seq__gt=OuterRef("event__seq"))))
    return list(rows.select_related("by").order_by("pk"))


def _action(question: Question, incident: Incident) -> Action:
    url = reverse("answer_question", args=[incident.ref, question.pk])
    title = _("%(who)s asks you") % {"who": question.by}
    return Action("answer", _("Answer"), title, _("The decision waits for what you know."), url=url)
