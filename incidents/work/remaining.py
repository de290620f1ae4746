"""What a hotfix asks for once no step of its process comes next: the watch, what was passed over, the boxes."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from incidents import glance
from incidents.clocks.clocks import span
from incidents.lifecycle import closing, watch
from incidents.models import Incident
from incidents.work.action import Action
from incidents.work.steps import steps
from incidents.work.work import Work
from products.vocabulary import EventKind


def watching(incident: Incident, work: Work, reader: User | None = None) -> Action | None:
    """Until the watch is over, in the reader's zone; resolving is allowed meanwhile, closing waits (C3)."""
    begun = work.story.last(EventKind.WATCH_OPENED, *watch.ENDS)
    if begun is None or begun.kind != EventKind.WATCH_OPENED:
        return None
    at = glance.now(incident)
    waits = [
        (hold.until, hold.clock.extended_s)
        for hold in closing.holds(incident, at)
        if hold.until and hold.clock.started_at >= work.at(begun)
    ]
    if not waits:
        return None
    until, longer = max(waits)
    zone = ZoneInfo((reader.time_zone if reader else "") or incident.product.team.time_zone)
    day = "%H:%M %Z" if until.astimezone(zone).date() == at.astimezone(zone).date() else "%d %b %H:%M %Z"
    look = [str(one["title"]) for one in watch.spec(incident).get("look_at") or []]
    reason = _("%(left)s to go.") % {"left": span((until - at).total_seconds())}
    if longer:
        words = _("%(span)s later than planned: only time in which all was seen to be well counts.")
        reason += " " + words % {"span": span(longer)}
    if look:
        reason += " " + _("Look at: %(what)s.") % {"what": "; ".join(look)}
    title = _("Watch until %(at)s") % {"at": until.astimezone(zone).strftime(day)}
    return Action("note", _("Note what you see"), title, reason)


def afterwards(incident: Incident, work: Work) -> Action | None:
    """What was passed over while the fix went out: nobody calls it done for those who did it."""
    left = [step.title for step in steps(incident, work) if step.afterwards]
    if not left or work.remedy == EventKind.ROLLBACK_STARTED:
        return None
    title = ngettext(
        "%(n)s step is to be entered afterwards", "%(n)s steps are to be entered afterwards", len(left)
    )
    return Action(
        "finish_step",
        _("Go to the steps"),
        title % {"n": len(left)},
        "; ".join(left) + ".",
        anchor="panel-steps",
    )


def boxes(work: Work) -> Action | None:
    """Steps are done by what happened; the boxes are looked through by people."""
    count = sum(box.is_open for box in work.boxes)
    if not count or work.remedy == EventKind.ROLLBACK_STARTED:
        return None
    title = ngettext(
        "Every step is done; %(n)s box is open", "Every step is done; %(n)s boxes are open", count
    ) % {"n": count}
    words = _("Tick what is done, and say what was not needed. Then resolve it.")
    return Action("attest", _("Go to the checklist"), title, words, anchor="checklist")
