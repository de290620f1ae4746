"""When a script that pushes has not done so: how long ago, and whether that matters yet."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from monitoring.probes.result import Check, Outcome

NO_PUSH, LATE = "no_push", "late"


def told(check: Check, now: datetime) -> Outcome:
    """For data that was pushed: it says nothing more once it is older than two intervals and a minute."""
    if check.heard_at is None:
        return nothing_yet()
    if now - check.heard_at <= timedelta(seconds=2 * check.interval_s + 60):
        return Outcome(waiting=True)
    return Outcome(code=LATE, detail=sentence(check, now))


def nothing_yet() -> Outcome:
    return Outcome(
        code=NO_PUSH, detail=_("Nothing has arrived yet. Run the line on this page where the script runs.")
    )


def sentence(check: Check, now: datetime) -> str:
    words = ages(check.heard_at or now, now, check.interval_s)
    return _("Last heard %(age)s ago; expected every %(interval)s.") % words


def ages(seen: datetime, now: datetime, interval_s: float) -> dict[str, str]:
    return {"age": span((now - seen).total_seconds()), "interval": span(interval_s)}


def span(seconds: float) -> str:
    for limit, size, words in (
        (120, 1, _("%(n)s s")),
        (7_200, 60, _("%(n)s min")),
        (172_800, 3_600, _("%(n)s h")),
    ):
        if seconds < limit:
            return words % {"n": round(seconds / size)}
    return _("%(n)s days") % {"n": round(seconds / 86_400)}
