"""Who tried what they may not: on the timeline for whoever has a right to act on the incident, else in the log alone.

An outsider leaves no line on somebody else's timeline. The same refusal within ten minutes is one line.
"""

from datetime import timedelta

import structlog
from django.db import transaction

from accounts.models import User
from foundation import moment
from hotfixes.decision import deciders
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import Incident, Status
from incidents.rules import respond
from incidents.timeline.timeline import MACHINE
from products.vocabulary import EventKind

REFUSE = Step(EventKind.NOTED, tuple(Status))
ONE_LINE = timedelta(minutes=10)
log = structlog.get_logger(__name__)


def record(incident: Incident, *, by: User, what: str, why: str) -> None:
    """`what`: decide, approve …; `why`: the sentence that the person read."""
    log.warning("decision.refused", what=what, incident=incident.ref, user=by.pk, token=bool(by.by_token))
    if not respond(by, incident) and deciders.decider(incident, by) is None:
        return
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        said = incident.events.filter(
            kind=EventKind.NOTED,
            actor=by,
            recorded_at__gte=moment.now() - ONE_LINE,
            payload__body__contains=f'"refused":"{what}"',
        )
        if not said.exists():
            perform(incident, REFUSE, by=by, source=MACHINE, refused=what, why=why)
