"""Whether the worker lives and works off what is due."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.health.facts import Beat, Facts
from config.health.parts import PULSE_S, Level, Part, age, last_of, of, stuck

TICK_S = 15.0
AGAIN_S = 300.0
CLOCK_S = 30.0
MESSAGE_S = 60.0
# One mailbox may be full; so many say that it is the server.
MANY = 3
# A message that nobody takes, a monitor that nobody takes, a change that nobody looks at.
UNTAKEN_S = 20.0
# A claimed monitor may wait for the end of a dead worker's lease, and then for an answer.
UNSTORED_S = 45.0


def worker(facts: Facts) -> Part:
    title, running = _("Worker"), of(facts, "worker")
    if running:
        every = of(facts, "worker", living=False)
        silent = _not_replaced([b for b in every if b.ended_at is None and b not in running], every)
        said = ngettext("%(n)d worker runs.", "%(n)d workers run.", len(running)) % {"n": len(running)}
        if not silent:
            return Part("worker", title, Level.OK, said, facts={"running": len(running)})
        said += " " + _("Another one has not been heard since %(since)s; the others go on.")
        return Part("worker", title, Level.NOTICE, said, silent[0].pulse_at, facts={"running": len(running)})
    last = last_of(of(facts, "worker", living=False))
    nothing = _("Nobody checks clocks and monitors or sends messages.")
    if last is None:
        return Part("worker", title, Level.DOWN, _("No worker has ever run here.") + " " + nothing)
    if age(last.ended_at or last.pulse_at, facts.now) <= PULSE_S:
        return Part("worker", title, Level.OK, _("It ended a moment ago; its supervisor starts another."))
    if last.ended_at is not None:
        said = _("No worker runs: the last one ended at %(since)s.")
        return Part("worker", title, Level.DOWN, f"{said} {nothing}", last.ended_at)
    frozen = _("Nightdesk's worker has been frozen since %(since)s.")
    gone = _("Nightdesk's worker has been gone since %(since)s.")
    said = frozen if last.holds_session else gone
    return Part("worker", title, Level.DOWN, f"{said} {nothing}", last.pulse_at)


def _not_replaced(silent: list[Beat], every: list[Beat]) -> list[Beat]:
    """What is gone and whose place another one has taken on the same machine is no news: its row stays for a while."""
    places = sorted(every, key=lambda beat: beat.started_at)
    left = []
    for lost in sorted(silent, key=lambda beat: beat.pulse_at):
        taken = [b for b in places if b.host == lost.host and b.started_at > lost.pulse_at]
        if taken and not lost.holds_session:
            places.remove(taken[0])
        else:
            left.append(lost)
    return left


def comes_back(facts: Facts) -> bool:
    """Whether who runs has just begun: then pages that said it was gone do not say something else for that moment.
    One that begins again and again comes back from nothing.
    """
    rows = of(facts, "worker", living=False)
    begun = [age(beat.started_at, facts.now) for beat in rows if age(beat.started_at, facts.now) <= AGAIN_S]
    running = of(facts, "worker")
    return bool(running) and len(begun) == len(running) and max(begun) <= TICK_S


def ticker(facts: Facts, idle: bool) -> Part:
    title = _("Ticker")
    loops = [[b.beat_at for b in of(facts, name, living=False)] for name in ("ticker", "clocks")]
    # One that nobody has had yet says nothing: a worker of an older version has only the first.
    last = min((max(beats) for beats in loops if beats), default=None)
    if last is None:
        return Part("ticker", title, Level.DOWN, _("No worker has checked clocks here yet."), covered=idle)
    seconds = age(last, facts.now)
    if seconds <= TICK_S:
        return Part(
            "ticker",
            title,
            Level.OK,
            _("Clocks and monitors are being watched."),
            last,
            facts={"age_s": round(seconds, 1)},
        )
    said = _("Nightdesk's worker has not ticked since %(since)s. Clocks and monitors are not being watched.")
    return Part("ticker", title, Level.DOWN, said, last, covered=idle, facts={"age_s": round(seconds, 1)})


def clocks(facts: Facts) -> Part:
    late = facts.clocks.late(facts.now, CLOCK_S)
    said = ngettext(
        "%(n)d clock ran out at %(since)s and nobody was told.",
        "%(n)d clocks have run out since %(since)s and nobody was told.",
        facts.clocks.count,
    ).replace("%(n)d", str(facts.clocks.count))
    return _waiting("clocks", _("Clocks"), late, said, facts.clocks.since, facts.clocks.count)


def messages(facts: Facts) -> Part:
    title, n = _("Messages"), facts.messages.count
    waits = ngettext(
        "%(n)d message has been waiting to be sent since %(since)s.",
        "%(n)d messages have been waiting to be sent, the first since %(since)s.",
        n,
    ).replace("%(n)d", str(n))
    late = facts.messages.late(facts.now, MESSAGE_S)
    signs = [beat.beat_at for beat in of(facts, "sender", living=False)]
    idle = not signs or age(max(signs), facts.now) > UNTAKEN_S
    untaken = facts.unclaimed is not None and age(facts.unclaimed, facts.now) > UNTAKEN_S and idle
    hangs = stuck(facts, "sender")
    if hangs and not late:
        said = _("A message has been on its way without a sign since %(since)s.")
        return _waiting("messages", title, True, said, hangs.silent_since, n)
    return _waiting("messages", title, late or untaken, waits, facts.messages.since, n)


def outside(facts: Facts) -> Part:
    """What nobody out there takes. Of one room or one mailbox its team reads on its own pages; where mail reaches
    several people no more, all of Nightdesk depends on it."""
    title, n = _("Ways out"), facts.stuck.count
    if not n:
        return Part("outside", title, Level.OK, _("Everything that left arrived in time."))
    said = ngettext(
        "%(n)d message has not got through since %(since)s.",
        "%(n)d messages have not got through, the first since %(since)s.",
        n,
    ).replace("%(n)d", str(n))
    if facts.unmailed < MANY:
        return Part("outside", title, Level.NOTICE, said, facts.stuck.since, facts={"stuck": n})
    many = _("Mail no longer reaches %(n)d people: look at the mail server.") % {"n": facts.unmailed}
    return Part("outside", title, Level.WARN, f"{said} {many}", facts.stuck.since, facts={"stuck": n})


def monitors(facts: Facts, unstored_s: float) -> Part:
    title, n = _("Monitors"), facts.monitors.count
    counts = {"watched": facts.watched, "due": n, "unstored": facts.unstored.count}
    if facts.monitors.late(facts.now, UNTAKEN_S):
        said = ngettext(
            "%(n)d monitor has not been checked since %(since)s.",
            "%(n)d monitors have not been checked, the first since %(since)s.",
            n,
        ).replace("%(n)d", str(n))
        return Part("monitors", title, Level.DOWN, said, facts.monitors.since, facts=counts)
    if hangs := stuck(facts, "prober"):
        said = _("Checking monitors has been stuck since %(since)s.")
        return Part("monitors", title, Level.DOWN, said, hangs.silent_since, facts=counts)
    if unstored_s > UNSTORED_S:
        n = facts.unstored.count
        said = ngettext(
            "%(n)d monitor gave no result since %(since)s, although it is looked at.",
            "%(n)d monitors gave no result, the first since %(since)s, although they are looked at.",
            n,
        ).replace("%(n)d", str(n))
        return Part("monitors", title, Level.DOWN, said, facts.unstored.since, facts=counts)
    return Part("monitors", title, Level.OK, _("Looked at in time."), facts=counts)


def changes(facts: Facts) -> Part:
    said = ngettext(
        "%(n)d monitor change since %(since)s has not reached its incident.",
        "%(n)d monitor changes have not reached their incidents, the first since %(since)s.",
        facts.changes.count,
    ).replace("%(n)d", str(facts.changes.count))
    late = facts.changes.late(facts.now, UNTAKEN_S)
    return _waiting(
        "intake", _("From monitor to incident"), late, said, facts.changes.since, facts.changes.count
    )


def alerts(facts: Facts) -> Part:
    """What other tools sent: judged in time, and understood."""
    title, n = _("From alert to incident"), facts.unread.count
    if n and not facts.alerts.late(facts.now, UNTAKEN_S):
        said = ngettext(
            "What %(n)d alert source sent at %(since)s could not be used. Its page says why.",
            "What %(n)d alert sources sent could not be used, the first at %(since)s. Their pages say why.",
            n,
        ).replace("%(n)d", str(n))
        return Part("alerts", title, Level.WARN, said, facts.unread.since, facts={"unread": n})
    said = ngettext(
        "%(n)d alert since %(since)s has not reached its incident.",
        "%(n)d alerts have not reached their incidents, the first since %(since)s.",
        facts.alerts.count,
    ).replace("%(n)d", str(facts.alerts.count))
    late = facts.alerts.late(facts.now, UNTAKEN_S)
    return _waiting("alerts", title, late, said, facts.alerts.since, facts.alerts.count)


def _waiting(key: str, title: str, late: bool, said: str, since: datetime | None, count: int) -> Part:
    if late:
        return Part(key, title, Level.DOWN, said, since, facts={"waiting": count})
    return Part(key, title, Level.OK, _("Nothing waits too long."), facts={"waiting": count})
