"""What is owed to people, from the moment it is due until somebody has sent it, also when the incident is closed (K65,
K73, K84, K85, K92, C11, C17).

Rows follow the story in the transaction of each verb; the sweep reminds the owner when a message falls due and when it
is late, each once. Its text is filled in and its claims are judged at that moment.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment, rounds
from foundation.crash import crashpoint
from incidents.lifecycle import followers
from incidents.lifecycle.undoing import UNDOES, undone_by
from incidents.messages import sending
from incidents.messages.shown import SENT_IN, SETBACKS, MessageView, events_asked, messages
from incidents.models import Incident, Mode, Obligation, TimelineEvent
from incidents.roles import owners
from incidents.telling import recipients
from incidents.work import work
from notifications import queue
from notifications.queue import Message
from products.vocabulary import EventKind

OWED, LATE = "owed", "owed_late"
FOLLOWED = frozenset({
    *UNDOES, *SETBACKS, EventKind.MESSAGE_SENT, EventKind.CORRECTED, EventKind.DECLINED, EventKind.DEFERRED,
    EventKind.DUPLICATE_MARKED,
})  # fmt: skip


def follow(incident: Incident, event: TimelineEvent) -> None:
    """For every verb, with the incident held."""
    document = incident.process_version.document
    if not document.get("messages") or incident.mode == Mode.RETROSPECTIVE:
        return
    if event.kind in SETBACKS:
        reason = str(event.get_kind_display()).lower()
        queue.cancel(incident.ref, reason=reason, keys=[sending.KEY, OWED, LATE])
        queue.withdraw(incident.ref, reason=reason, key=sending.KEY)
    if event.kind in FOLLOWED or undone_by(event) or event.kind in events_asked(document):
        settle(incident)


def settle(incident: Incident) -> None:
    """Rows for what is planned or due by now; what was sent, or is asked for no more, ends."""
    now = moment.now()
    found = messages(incident, work.read(incident), now) if incident.status in SENT_IN else []
    asked = {(one.key, one.cycle): one for one in found if one.state in ("planned", "due") and one.due_at}
    rows = {
        (row.message, row.cycle): row
        for row in Obligation.objects.select_for_update().filter(incident=incident).order_by("pk")
    }
    sent = {one.key for one in found if one.state == "sent"}
    for key, row in rows.items():
        if row.done_at is None and key not in asked:
            row.done_at, row.look_at = now, None
            row.outcome = "sent" if row.message in sent else "moot"
            row.save(update_fields=["done_at", "look_at", "outcome"])
            queue.cancel_about(_about(incident, row), reason=_outcome(row), key=OWED)
            queue.cancel_about(_about(incident, row), reason=_outcome(row), key=LATE)
    for key, view in asked.items():
        _owe(incident, view, rows.get(key))


def _owe(incident: Incident, view: MessageView, row: Obligation | None) -> None:
    assert view.due_at is not None
    assert view.late_at is not None
    row = row or Obligation(incident=incident, message=view.key, cycle=view.cycle)
    row.title, row.role = view.title, view.role_label
    row.owner = owners.owner(incident, str(view.spec.get("role") or ""))
    row.due_at, row.late_at = view.due_at, view.late_at
    row.done_at, row.outcome = None, ""
    row.look_at = _next_look(row)
    row.save()


def _next_look(row: Obligation) -> datetime | None:
    if row.told_due_at is None:
        return row.due_at
    return row.late_at if row.told_late_at is None else None


def pass_on(incident: Incident) -> None:
    """Somebody has taken a role or given it up, and with it what it owes. For the verb, in its transaction."""
    specs = incident.process_version.document.get("messages") or []
    roles = {spec["key"]: str(spec.get("role") or "") for spec in specs}
    for row in Obligation.objects.open().filter(incident=incident).order_by("pk"):
        row.owner = owners.owner(incident, roles.get(row.message, ""))
        row.save(update_fields=["owner"])


def _outcome(row: Obligation) -> str:
    return _("it was sent") if row.outcome == "sent" else _("nobody needs it any more")


def _about(incident: Incident, row: Obligation) -> str:
    return sending.about(incident.ref, row.message, row.cycle)


def remind_due(limit: int = 100) -> int:
    """Remind the owners of what fell due or is late by now; returns of how many."""
    due = Obligation.objects.open().filter(look_at__lte=moment.now()).order_by("look_at")
    return rounds.each("obligations", sorted(set(due.values_list("incident_id", flat=True)[:limit])), remind)


def next_due() -> datetime | None:
    waiting = Obligation.objects.open().exclude(look_at=None)
    return waiting.order_by("look_at").values_list("look_at", flat=True).first()


def remind(pk: int) -> int:
    """What is to be said of this one incident; lock order is incident, obligation, delivery."""
    with transaction.atomic():
        free = Incident.objects.select_for_update(skip_locked=True, of=("self",))
        incident = free.for_page().filter(pk=pk).first()
        if incident is None:
            return 0
        crashpoint("sweep.obligation_claimed")
        now = moment.now()
        mine = Obligation.objects.select_for_update(of=("self",)).open()
        due = list(mine.filter(incident=incident, look_at__lte=now).select_related("owner").order_by("pk"))
        views = {one.key: one for one in messages(incident, work.read(incident), now)} if due else {}
        for row in due:
            late = row.late_at <= now
            # Who it is may have changed since: they left the list, or the team.
            row.owner = views[row.message].owner
            _tell(incident, row, views[row.message], late=late)
            row.told_due_at = row.told_due_at or now
            row.told_late_at = now if late else None
            row.look_at = _next_look(row)
            row.save(update_fields=["owner", "told_due_at", "told_late_at", "look_at"])
        crashpoint("sweep.obligation_told")
        return len(due)


def _tell(incident: Incident, row: Obligation, view: MessageView, *, late: bool) -> None:
    # An owner who can be told no more would be nobody.
    to = recipients.named(incident, [(row.owner, "")] if row.owner else []) or recipients.people(incident)
    words = {"title": row.title, "product": incident.product}
    what = _("a message is late") if late else _("a message is due")
    if not incident.private:
        said = _("late: “%(title)s” (%(product)s)") if late else _("send “%(title)s” (%(product)s)")
        what = said % words
    queue.tell(
        about=_about(incident, row),
        key=LATE if late else OWED,
        to=to,
        message=Message(f"{incident.ref}: {what}", _body(incident, view), path=row.get_absolute_url()),
        team=incident.product.team,
        rank=incident.severity.rank,
        # Nobody is woken for what is over.
        wake=incident.severity.wake and incident.is_open,
    )


def _body(incident: Incident, view: MessageView) -> str:
    """The text as it would be sent at this moment; of a private incident only that there is one."""
    if incident.private:
        return _("Open the incident to read it.")
    ask = _("Users are waiting for this:") if view.for_users else _("The team is waiting for this:")
    judged = [line for line in view.lines if line.finding]
    out = [
        _("Left out: %(line)s %(why)s") % {"line": line.text, "why": line.finding.why}
        for line in judged
        if line.struck and line.finding
    ]
    # What was looked at before anybody promises it: the last day, the counts, who tried it.
    seen = [
        _("Seen: %(line)s %(why)s") % {"line": line.text, "why": line.finding.why}
        for line in judged
        if line.finding and line.finding.shown
    ]
    return "\n".join([ask, "", view.text, *([""] if out or seen else []), *out, *seen])


def owed_by(user: User, now: datetime, most: int) -> Sequence[Obligation]:
    """What is due and `user`'s, the oldest first. One query."""
    rows = visible(user).filter(owner=user, due_at__lte=now)
    return list(rows.order_by("due_at", "pk")[:most])


def visible(user: User) -> QuerySet[Obligation]:
    """Everything that is open and that this person may know of, drills left out."""
    rows = Obligation.objects.open().filter(incident__in=Incident.objects.visible_to(user).real())
    return rows.select_related("incident__product__team", "incident__severity", "owner")


followers.follow(follow)
