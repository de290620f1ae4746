"""Whether it has been quiet for a day, by what the monitors saw (K76): their history, not how they are at this moment.

A confirmed fault in these hours speaks against it, however short; hours that nobody watched do as soon as they are
more than the process's coverage leaves (its `watch`), for nobody knows what was in them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from foundation.written import utc
from incidents.clocks.clocks import span
from incidents.work.work import Work
from monitoring.history import between
from monitoring.models import Target
from monitoring.states import State
from monitoring.uptime import Segment, uptime
from products.vocabulary import EventKind

CALM = timedelta(hours=24)
# The minutes of the deployment itself are its own: what was ill until then does not count against the day after.
LEAST = timedelta(hours=22)
COVERAGE = 95

type Judged = tuple[bool, str, dict[str, Any]]


def judge(known: Work, targets: Sequence[Target], now: datetime) -> Judged:
    """Of targets that are all up now: shown or not, why, and the seconds of each. Two queries at most."""
    start = _start(known, now)
    coverage = int((known.document.get("watch") or {}).get("coverage") or COVERAGE)
    # One that is up since before the window has nothing in it to look for.
    asked = [one for one in targets if one.since is None or one.since > start]
    strips = between(asked, start, now) if asked else {}
    facts: dict[str, Any] = {"from": utc(start), "to": utc(now), "coverage": coverage, "monitors": {}}
    against = ""
    for one in targets:
        strip = strips.get(one.pk) or [Segment(start, now, State.UP)]
        seconds = uptime(strip)
        facts["monitors"][str(one.monitor)] = {
            "up_s": round(seconds.up),
            "down_s": round(seconds.down),
            "degraded_s": round(seconds.degraded),
            "unwatched_s": round(seconds.unwatched + seconds.maintenance),
        }
        against = against or _against(known, str(one.monitor), strip, coverage)
    if against:
        return False, against, facts
    hours = {"hours": round((now - start).total_seconds() / 3600)}
    return True, _("Every monitor of the product has been up for %(hours)s hours.") % hours, facts


def _start(known: Work, now: datetime) -> datetime:
    began = known.story.holds(EventKind.SMOKE_PASSED) or known.story.holds(EventKind.DEPLOYED)
    day = now - CALM
    return min(max(day, known.at(began)), now - LEAST) if began else day


def _against(known: Work, name: str, strip: Sequence[Segment], coverage: int) -> str:
    """The sentence that says why it was not quiet; empty when it was."""
    ill = next((piece for piece in strip if piece.state in (State.DOWN, State.DEGRADED)), None)
    if ill:
        zone = ZoneInfo(known.incident.product.team.time_zone)
        words = {
            "name": name,
            "state": str(State(ill.state).label).lower(),
            "for": span(ill.seconds),
            "at": f"{ill.start.astimezone(zone):%d %b %H:%M %Z}",
        }
        return _("%(name)s was %(state)s for %(for)s, from %(at)s on.") % words
    whole = sum(piece.seconds for piece in strip)
    watched = uptime(strip).watched
    if watched * 100 < whole * coverage:
        words = {"name": name, "watched": span(watched), "whole": span(whole)}
        return _("%(name)s has been watched for %(watched)s of the last %(whole)s only.") % words
    return ""
