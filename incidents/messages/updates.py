"""Status updates: how it stands, on the timeline and in the channels that are to hear of it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.crash import crashpoint
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.messages import letters, rhythm
from incidents.messages.letters import Letter
from incidents.models import OPEN, Incident, Status, TimelineEvent
from incidents.work.report import check_moment
from notifications.models import Audience, Channel
from products.vocabulary import EventKind

KEY = "update"
TWICE = timedelta(minutes=1)
UPDATE = Step(EventKind.UPDATED, (*OPEN, Status.RESOLVED))
STOP = Step(EventKind.NOTED, OPEN)


def update(
    incident: Incident,
    *,
    by: User | None,
    text: str,
    channels: Collection[int] = (),
    audience: str = "",
    at: datetime | None = None,
    **how: Any,
) -> TimelineEvent:
    """`by` says how it stands. `channels` (their ids) hear it at once; without any, all that `audience` names: the
    team's ("internal"), or users' and the team's ("users"); without both, only the timeline does.

    The same words to the same channels again within a minute are a second tap: people read them once.
    """
    if not text.strip():
        raise ValidationError({"text": _("Say how it stands.")})
    check_moment(incident, at)
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        to = _channels(incident, channels, audience)
        if to and (same := _just_sent(incident, by, text.strip(), to)):
            return same
        if at is not None and to:
            raise ValidationError({"at": _("What goes to channels goes now.")})
        users = any(channel.audience == Audience.USERS for channel in to)
        data: dict[str, Any] = {"audience": Audience.USERS if users else Audience.INTERNAL}
        data |= {"channels": [channel.name for channel in to]} if to else {}
        if to and (unreal := letters.unreal(incident)):
            data["unsent"] = unreal
        event = perform(incident, UPDATE, by=by, at=at, text=text.strip(), **data, **how)
        said = rhythm.letter(incident, event.text, users=users)
        letters.post(incident, said, to, about=f"{incident.ref}/{event.seq}", key=KEY)
        crashpoint("verb.update")
        return event


def _just_sent(
    incident: Incident, by: User | None, text: str, to: Collection[Channel]
) -> TimelineEvent | None:
    since = moment.now() - TWICE
    rows = incident.events.filter(kind=EventKind.UPDATED, actor=by, recorded_at__gte=since)
    names = [channel.name for channel in to]
    last = rows.select_related("payload", "actor").order_by("-seq").first()
    return last if last and last.text == text and last.data.get("channels") == names else None


def _channels(incident: Incident, ids: Collection[int], audience: str) -> list[Channel]:
    if audience and audience not in Audience.values:
        raise ValidationError({"audience": _("Whom is it for: internal or users?")})
    users = audience != Audience.INTERNAL
    if ids:
        return letters.chosen(incident, Letter("", "", users), ids)
    if not audience:
        return []
    if words := letters.shut(incident):
        raise ValidationError({"audience": words})
    found = letters.fitting(incident, for_users=users)
    if not found:
        raise ValidationError({"audience": _("No channel is set up for this.")})
    return found


def tell_standing(incident: Incident, *, by: User | None, **how: Any) -> TimelineEvent:
    """By one tap: what its status says, to the channels of the process's audience."""
    audience = Audience.USERS if rhythm.for_users(incident) else Audience.INTERNAL
    return update(incident, by=by, text=rhythm.standing(incident), audience=audience, **how)


def snooze(incident: Incident, *, by: User | None) -> datetime:
    """Remind again in 15 minutes. Raises TooLate when nothing is asked for any more."""
    with transaction.atomic():
        held = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=incident.pk)
        if not held.is_open or held.update_due_at is None:
            raise TooLate(held, UPDATE)
        if held.remind_at and held.remind_at > moment.now():
            return held.remind_at
        return rhythm.snooze(held)


def stop(incident: Incident, *, by: User | None, **how: Any) -> TimelineEvent:
    """Nobody is reminded of updates any more, until the next one is sent; the timeline says who said so."""
    with transaction.atomic():
        held = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=incident.pk)
        if not held.is_open or held.update_due_at is None:
            raise TooLate(held, STOP)
        event = perform(held, STOP, by=by, text=_("Nobody is reminded of status updates any more."), **how)
        rhythm.stop(held)
        return event
