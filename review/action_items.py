"""The verbs of action items (K125–K130): add, change, finish, reopen, drop. Each has an owner and a day."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.text import plain_text, single_line
from incidents.models import Incident
from incidents.rules import sees
from review.hold import announce, held
from review.models import ActionItem, ActionKind, ActionState
from review.refusals import ActionChanged

MOST = 100  # of one report
LATEST = timedelta(days=5 * 366)
CHANGED = ("text", "kind", "owner", "due")


def add_action(incident: Incident, *, by: User, text: str, kind: str, owner: User, due: date) -> ActionItem:
    """Something to do, by `owner` until `due`. ValidationError by field."""
    with transaction.atomic():
        report = held(incident)
        last = report.actions.order_by("-number").first()
        number = last.number + 1 if last else 1
        if number > MOST:
            raise ValidationError(_("A report has at most %(most)s action items.") % {"most": MOST})
        facts = _facts(incident, text=text, kind=kind, owner=owner, due=due)
        made = ActionItem.objects.create(postmortem=report, number=number, by=by, at=moment.now(), **facts)
        announce(incident)
        return made


def change_action(item: ActionItem, *, by: User, seen: int = 0, **facts: Any) -> ActionItem:
    """Other words, kind, owner or day. `seen` is the revision looked at; raises ActionChanged for an old one."""
    unknown = set(facts) - set(CHANGED)
    if unknown:
        raise TypeError(f"change_action() does not take {sorted(unknown)}")
    with transaction.atomic():
        held_item, incident = _hold(item, seen)
        wanted = {name: facts.get(name, getattr(held_item, name)) for name in CHANGED}
        changed = {name for name, value in wanted.items() if getattr(held_item, name) != value}
        checked = _facts(incident, new=changed, **wanted)
        for name, value in checked.items():
            setattr(held_item, name, value)
        return _save(held_item, incident, *CHANGED)


def finish_action(item: ActionItem, *, by: User, seen: int = 0) -> ActionItem:
    return _settle(item, ActionState.DONE, by, seen)


def drop_action(item: ActionItem, *, by: User, reason: str, seen: int = 0) -> ActionItem:
    """It will not be done, and why."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the next reader was not there.")})
    return _settle(item, ActionState.DROPPED, by, seen, reason.strip())


def reopen_action(item: ActionItem, *, by: User, seen: int = 0) -> ActionItem:
    """It is not done after all, or wanted again."""
    with transaction.atomic():
        found, incident = _hold(item, seen)
        if found.is_open:
            raise ActionChanged(incident, found)
        found.state, found.settled_by, found.settled_at, found.reason = ActionState.OPEN, None, None, ""
        return _save(found, incident, "state", "settled_by", "settled_at", "reason")


def _settle(item: ActionItem, state: ActionState, by: User, seen: int, reason: str = "") -> ActionItem:
    with transaction.atomic():
        found, incident = _hold(item, seen)
        if not found.is_open:
            raise ActionChanged(incident, found)
        found.state, found.settled_by, found.settled_at = state, by, moment.now()
        found.reason = reason
        return _save(found, incident, "state", "settled_by", "settled_at", "reason")


def _hold(item: ActionItem, seen: int) -> tuple[ActionItem, Incident]:
    incident = Incident.objects.select_related("product__team").get(postmortem=item.postmortem_id)
    held(incident)
    found = ActionItem.objects.select_related("owner", "settled_by").get(pk=item.pk)
    if seen and seen != found.revision:
        raise ActionChanged(incident, found)
    return found, incident


def _save(item: ActionItem, incident: Incident, *changed: str) -> ActionItem:
    item.revision += 1
    item.save(update_fields=[*changed, "revision"])
    announce(incident)
    return item


def _facts(
    incident: Incident,
    *,
    text: str,
    kind: str,
    owner: User,
    due: date,
    new: set[str] | frozenset[str] = frozenset(CHANGED),
) -> dict[str, Any]:
    """What may be kept; what did not change (`new` names what did) is not questioned again."""
    text = text.strip()
    _check_text(text)
    if kind not in ActionKind.values:
        raise ValidationError({"kind": _("Choose one of: %(all)s.") % {"all": ", ".join(ActionKind.values)}})
    if "owner" in new and not sees(owner, incident):
        raise ValidationError({"owner": _("Choose somebody who can read this report.")})
    if "due" in new:
        _check_due(incident, due)
    return {"text": text, "kind": kind, "owner": owner, "due": due}


def _check_text(text: str) -> None:
    if not text:
        raise ValidationError({"text": _("Say what is to be done.")})
    try:
        plain_text(text)
        single_line(text)
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from None


def _check_due(incident: Incident, due: date) -> None:
    today = moment.now().astimezone(ZoneInfo(incident.product.team.time_zone)).date()
    if due < today - timedelta(days=1):
        raise ValidationError({"due": _("This day is over.")})
    if due > today + LATEST:
        raise ValidationError({"due": _("The year is %(year)s. Is that right?") % {"year": due.year}})
