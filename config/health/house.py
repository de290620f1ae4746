"""Whether what Nightdesk stands on is there: database, live pages, broker, disk, and what should be set up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from config.health.facts import Facts
from config.health.parts import Level, Part, age, last_of, no_room_since, of, stuck

HUB_S = 15.0
BROKER_S = 15.0
SLOW_S = 1.0
FREE_BYTES, FREE_SHARE = 500_000_000, 0.05
# PostgreSQL takes its log in pieces of 16 MB, and ends where it gets none.
FULL_BYTES = 32_000_000
# The ping goes out once a minute.
PING_S = 180.0


def database(facts: Facts) -> Part:
    if since := no_room_since(facts):
        # Where the disk is measured, that part says it with its figures.
        return replace(full(since), covered=not disk(facts).ok)
    slow = facts.took_s > SLOW_S
    said = _("The database is slow: it took %(s).1f s to answer.") if slow else _("Answers in %(s).3f s.")
    return Part(
        "database",
        _("Database"),
        Level.WARN if slow else Level.OK,
        said % {"s": facts.took_s},
        facts={"took_s": round(facts.took_s, 4)},
    )


def full(since: datetime) -> Part:
    """PostgreSQL refused to write: without it nobody could see that, where it is somebody's own server."""
    said = _("The database's disk has been full since %(since)s: what is new may not be saved.")
    said += " " + _("Make room there, and it goes on by itself.")
    return Part("database", _("Database"), Level.DOWN, said, since, facts={"error": "DiskFull"})


def pages(facts: Facts) -> Part:
    title, hubs = _("Live pages"), of(facts, "hub")
    hearing = [hub for hub in hubs if age(hub.beat_at, facts.now) <= HUB_S]
    if not hearing:
        last = max((b.beat_at for b in of(facts, "hub", living=False)), default=None)
        said = _("Open pages have heard nothing new since %(since)s. Load them again to see what is true.")
        never = _("No web process listens: open pages hear nothing new.")
        return Part("pages", title, Level.DOWN, said if last else never, last)
    # A hub that began a moment ago starts at the newest announcement, so being behind is never its youth.
    behind = [hub for hub in hearing if hub.progress < facts.announced and age(hub.pulse_at, facts.now) < 5]
    if behind:
        said = _("%(who)s passes on nothing new: pages open there may be old.") % {"who": behind[0].label}
        return Part("pages", title, Level.DOWN, said, facts={"hubs": len(hearing)})
    return Part("pages", title, Level.OK, _("Open pages hear what is new."), facts={"hubs": len(hearing)})


def broker(facts: Facts, idle: bool) -> Part:
    title = _("Broker")
    if idle:
        return Part("broker", title, Level.OK, _("Not known while no worker runs."))
    heard = of(facts, "broker")
    last = max((beat.beat_at for beat in heard), default=None)
    goes_on = _("The work goes on without it, a little slower.")
    if hangs := stuck(facts, "bell"):
        said = _("Waking the workers has been stuck since %(since)s.")
        return Part("broker", title, Level.WARN, f"{said} {goes_on}", hangs.silent_since)
    if last is not None and age(last, facts.now) <= BROKER_S:
        return Part("broker", title, Level.OK, _("Workers hear at once of what is due."), last)
    if last is None and max(age(b.started_at, facts.now) for b in of(facts, "worker")) <= BROKER_S:
        return Part("broker", title, Level.OK, _("Just started; not known yet."))
    if not facts.broker:
        said = _("The worker's internal queue is stuck.")
    elif last:
        said = _("Redis has not answered since %(since)s.")
    else:
        said = _("Redis does not answer.")
    return Part("broker", title, Level.WARN, f"{said} {goes_on}", last)


def backup(facts: Facts) -> Part:
    """The embedded database's daily one; a server of one's own is backed up by oneself."""
    title, last = _("Daily backup"), facts.backup
    if last is None:
        return Part("backup", title, Level.OK, _("This database's backups are yours to make."))
    if last.failed_at is not None:
        said = _("The daily backup failed at %(since)s.") + " " + last.said.replace("%", "%%")
        return Part("backup", title, Level.WARN, said.strip(), last.failed_at, facts={"error": last.said})
    if last.made_at is None:
        return Part(
            "backup", title, Level.OK, _("None yet; the first is made an hour after the first start.")
        )
    if last.overdue(facts.now):
        return Part("backup", title, Level.WARN, _("The last daily backup is of %(since)s."), last.made_at)
    return Part("backup", title, Level.OK, _("The last one is of %(since)s."), last.made_at)


def disk(facts: Facts) -> Part:
    title = _("Disk")
    if facts.disk is None:
        return Part("disk", title, Level.OK, _("There is no data folder here."))
    free, share = facts.disk.free, facts.disk.free / max(1, facts.disk.total)
    known = {"free_bytes": free, "total_bytes": facts.disk.total}
    said = _("%(gb).1f GB (%(percent)d %%) are free in the data folder.") % {
        "gb": free / 1e9,
        "percent": 100 * share,
    }
    if facts.disk.database and free < FULL_BYTES:
        full = _("The disk is full: what is new may not be saved. Make room, and it goes on by itself.")
        return Part("disk", title, Level.DOWN, f"{full} {said}", facts=known)
    if free < FREE_BYTES or (share < FREE_SHARE and free < 10 * FREE_BYTES):
        return Part("disk", title, Level.WARN, _("The disk is nearly full.") + " " + said, facts=known)
    return Part("disk", title, Level.OK, said, facts=known)


def role(facts: Facts) -> Part:
    said = _("One database role does everything, so the timeline is protected by triggers only. ")
    said += _("Set DATABASE_OWNER_URL.")
    fine = _("The app's role can only add to the timeline.")
    level = Level.NOTICE if facts.may_delete else Level.OK
    return Part("role", _("Database role"), level, said if facts.may_delete else fine)


def tables(facts: Facts) -> Part:
    """A new program on the tables of the old one: what it asks for may not be there. An old one that still runs on the
    tables of the new one writes them as it always did."""
    if facts.newer:
        said = _("The tables are newer than this program: start the version that made them in its place.")
        return Part("tables", _("Tables"), Level.WARN, said, facts={"unknown": facts.newer})
    said = _("The tables are older than this program: ./run prepare brings them up to date.")
    level = Level.DOWN if facts.unmade else Level.OK
    known = {"missing": facts.unmade} if facts.unmade else {}
    return Part("tables", _("Tables"), level, said if facts.unmade else _("Of this version."), facts=known)


def locale(facts: Facts) -> Part:
    good = facts.locale_provider == "b"
    said = _(
        "The database sorts by the machine's own rules, which change with its system. Use the built-in ones."
    )
    level = Level.OK if good else Level.NOTICE
    return Part("locale", _("Sorting"), level, _("By PostgreSQL's own rules.") if good else said)


def links(facts: Facts) -> Part:
    said = _("Links in messages open on this machine only. Set NIGHTDESK_URL to the address that people use.")
    level = Level.NOTICE if facts.links_stay else Level.OK
    return Part("links", _("Links in messages"), level, said if facts.links_stay else _("They lead here."))


def mail(facts: Facts) -> Part:
    said = _("E-mail is not set up: set MAIL_URL and restart. Until then nobody gets a mail.")
    level = Level.OK if facts.mail else Level.NOTICE
    return Part("mail", _("E-mail"), level, _("Set up.") if facts.mail else said)


def processes(facts: Facts) -> Part:
    """Of NIGHTDESK_PROCESS_DIR: incidents go on with the last good versions, so nobody is woken by it."""
    found = facts.processes or ()
    if not found:
        return Part("processes", _("Process files"), Level.OK, _("All are in force."))
    said = _("A process file cannot be used; its last good version stays. %(first)s") % {"first": found[0]}
    return Part(
        "processes",
        _("Process files"),
        Level.NOTICE,
        said.replace("%(", "% ("),
        facts={"problems": list(found)},
    )


def ping(facts: Facts) -> Part:
    title = _("Outgoing ping")
    if not facts.ping:
        said = _(
            "Nobody outside hears when this whole machine dies. Set NIGHTDESK_PING_URL to a service that does."
        )
        return Part("ping", title, Level.NOTICE, said)
    last = last_of(of(facts, "ping", living=False))
    if last is None:
        return Part("ping", title, Level.OK, _("Not sent yet."))
    if age(last.beat_at, facts.now) > PING_S:
        said = _("The ping has not been sent since %(since)s: it goes out only while all parts work.")
        return Part("ping", title, Level.NOTICE, said, last.beat_at, facts=last.figures)
    if last.figures.get("ok"):
        return Part("ping", title, Level.OK, _("Last taken at %(since)s."), last.beat_at, facts=last.figures)
    said = (
        _("The ping did not arrive at %(since)s:")
        + " "
        + str(last.figures.get("said", "")).replace("%", "%%")
    )
    return Part("ping", title, Level.WARN, said, last.beat_at, facts=last.figures)
