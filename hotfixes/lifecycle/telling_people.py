"""What people are told of a hotfix beside the timeline: what must not be found out only the next morning."""

from django.utils.translation import gettext as _

from hotfixes.models import Hotfix
from incidents.models import Incident, TimelineEvent
from incidents.telling import telling


def waived(incident: Incident, hotfix: Hotfix, event: TimelineEvent, *, waits: bool) -> None:
    """A fix that goes out without a review is said aloud, and asks for the second person."""
    words = {"who": event.actor_label, "hotfix": hotfix.ref, "what": event.data["title"]}
    line = _("%(who)s waives “%(what)s” for %(hotfix)s.") % words
    if waits:
        line += " " + _("It counts once a second person agrees, who did not write the fix.")
    headline = _("approval waived: a second person is needed") if waits else _("approval waived")
    telling.alarm(incident, event, headline, line)


def alarm(incident: Incident, hotfix: Hotfix, event: TimelineEvent, line: str) -> None:
    """Something that was settled is not so any more."""
    telling.alarm(incident, event, _("%s is not as it was") % hotfix.ref, line)


def contradiction(incident: Incident, event: TimelineEvent, sentence: str) -> None:
    """What was said and what is seen do not go together."""
    telling.alarm(incident, event, _("look again"), sentence)
