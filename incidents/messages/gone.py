"""Users were told that it is mended, and a rollback of another incident took the fix back: they are to hear that, too.

No process writes a message for it, for it happens to no fix by itself. So it is a status update: due at once, asked for
after the decision, with words that a person reads before they go anywhere.
"""

from django.utils.translation import gettext as _

from incidents.messages import letters
from incidents.messages.shown import called_back
from incidents.models import Incident, TimelineEvent
from incidents.work import work
from incidents.work.action import Action
from incidents.work.work import Work
from notifications.models import Audience
from products.vocabulary import EventKind as Kind

# What asked for a message that says, or lets people believe, that it is mended.
MENDED = frozenset(
    {Kind.DEPLOYED, Kind.SMOKE_PASSED, Kind.WATCH_MET, Kind.RELEASED, Kind.RESOLVED, Kind.CLOSED}
)
TOLD = (Kind.MESSAGE_SENT, Kind.UPDATED)


def untold(known: Work) -> TimelineEvent | None:
    """That the fix was taken back, where users believe it is out: told of it, and of nothing since."""
    events = known.story.events
    back = known.story.last(Kind.TAKEN_BACK, Kind.DEPLOYED)
    if back is None or back.kind != Kind.TAKEN_BACK or not any(_mended(known, one, back) for one in events):
        return None
    since = [one for one in events if one.seq > back.seq and one.kind in TOLD]
    if any(one.data.get("audience") == Audience.USERS for one in since):
        return None
    # Where no channel leads to users they are told another way, and the timeline says so.
    return back if not since or reaches_users(known.incident) else None


def _mended(known: Work, event: TimelineEvent, back: TimelineEvent) -> bool:
    if (
        event.kind != Kind.MESSAGE_SENT
        or event.seq > back.seq
        or event.data.get("audience") != Audience.USERS
    ):
        return False
    asked = next((one.kind for one in known.story.events if one.seq == event.data.get("cycle")), None)
    return asked in MENDED and not called_back(known, event)


def reaches_users(incident: Incident) -> bool:
    found = letters.fitting(incident, for_users=True)
    return any(channel.audience == Audience.USERS for channel in found)


def said(incident: Incident) -> str:
    """What users are to hear, "" where nothing of the kind is to be said. One query where none was ever taken back."""
    if not incident.events.filter(kind=Kind.TAKEN_BACK).exists():
        return ""
    found = untold(work.read(incident))
    return _words(found) if found else ""


def _words(event: TimelineEvent) -> str:
    facts = {"fix": event.data.get("fix", ""), "version": event.data.get("version", "")}
    if event.data.get("still"):
        words = _(
            "Version %(fix)s, of which we told you, does not run everywhere: for some it was taken back."
        )
    else:
        words = _("Version %(fix)s, of which we told you, was taken back; %(version)s runs again.")
    return words % facts + " " + _("The problem may be there again.")


def action(known: Work) -> Action | None:
    """Once it is decided how it goes on, before what comes next of it."""
    if untold(known) is None:
        return None
    title = _("Tell users that the fix is gone")
    words = _("They were told that it is out. The words are written: read them before they go.")
    return Action("update", _("Read and send it"), title, words)
