"""What the incident page offers of a watch: to say how the smoke tests went, how many were counted, that it is over."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import rule
from accounts.models import User
from foundation import moment
from hotfixes.models import Tally
from hotfixes.watch import judging, smoke, tallies
from hotfixes.watch.forms import FinishForm, SmokeForm, TallyForm
from incidents.clocks.clocks import span
from incidents.lifecycle import setbacks
from incidents.models import Incident, TimelineEvent
from incidents.page.actions import OFFERS, Offer
from incidents.rules import respond
from incidents.work.report import report
from products.vocabulary import EventKind


def try_smoke(
    incident: Incident, *, by: User, results: dict[str, bool], text: str = "", at: datetime | None = None
) -> TimelineEvent:
    return smoke.tick(incident, by=by, results=results, text=text, at=at)


def count(incident: Incident, *, by: User, **counted: Any) -> Tally:
    return tallies.add(incident, by=by, **counted)


def too_early(incident: Incident) -> list[str]:
    """What was measured of the watch that would be ended, where that is less than the process asks for."""
    watch = smoke.newest(incident)
    if watch is None:
        return []
    found, now = judging.measured(watch, moment.now()), moment.now()
    if found.counted_s >= watch.least_s:
        return []
    words = {
        "remedy": watch.remedy or incident.ref,
        "done": span(found.counted_s // 60 * 60),
        "least": span(watch.least_s),
        "left": span(watch.least_s - found.counted_s // 60 * 60),
        "process": incident.process_version.process.name,
    }
    said = [
        gettext("Only %(done)s of %(least)s of %(remedy)s were watched: %(left)s are missing.") % words,
        gettext("%(process)s asks for %(least)s. It will stand there as your word: nothing measured it.")
        % words,
    ]
    if ends := judging.ends_at(watch, now):
        zone = incident.product.team.time_zone
        said.append(
            gettext("Left alone, it ends by itself at %(at)s.") % {"at": setbacks.said_at(ends, zone)}
        )
    return said


def finish(incident: Incident, *, by: User, reason: str, at: datetime | None = None) -> TimelineEvent:
    """A named person's word, with a reason, where no monitor can say it."""
    return report(incident, EventKind.WATCH_MET, by=by, text=reason, at=at)


for _action in ("try_smoke", "count", "finish_watch"):
    rule(_action, Incident)(respond)

OFFERS.update(
    (offer.verb, offer)
    for offer in (
        # The panel offers them where they belong; the menu does not.
        Offer(
            "try_smoke",
            _("Say how the smoke tests went"),
            try_smoke,
            SmokeForm,
            _("All of them work: the watch goes on. One does not: whoever decides hears it."),
            statuses=(),
        ),
        Offer(
            "count",
            _("Say how many"),
            count,
            TallyForm,
            _("None is a number, too. What nobody has counted is not known."),
            statuses=(),
            prefill=("kind",),
        ),
        Offer(
            "finish_watch",
            _("The watch is over"),
            finish,
            FinishForm,
            _("You say so, with your name. The page shows beside it what was measured."),
            statuses=(),
            warn=too_early,
        ),
    )
)
