"""What is known at the moment of a decision, and what is not: read once, shown, and frozen with it.

`brief` is what the incident's own page shows of it, `facts` the whole card.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from hotfixes.decision import asking, comparing, mending, options, proposing
from hotfixes.decision.growing import growing
from hotfixes.decision.release import release
from hotfixes.models.spoken import without_words
from hotfixes.rollback import ways as rollback
from hotfixes.watch.opening import remedy_of
from incidents import glance
from incidents.clocks.shown import clock_views
from incidents.lifecycle import setbacks
from incidents.lifecycle.described import WORDS
from incidents.models import Incident
from monitoring.states import State
from products.vocabulary import EventKind

# Time passes by itself: what only it changes makes no other fact.
PASSING = ("at", "clocks")
MONITORS = 20
# By what people call it; what follows from others (`unknown`, `suggestion`, `told`) has no name of its own.
BLOCKS: Final[tuple[tuple[str | Promise, tuple[str, ...]], ...]] = (
    (lazy("the severity"), ("severity", "mark", "confirmed")),
    (
        lazy("what it is, and who leads"),
        ("title", "contained", "security", "data_loss", "lead", "environment", "mode", "detected_at"),
    ),
    (lazy("the impact and the workaround"), ("impact", "workaround")),
    (lazy("how many are affected"), ("users_affected", "users_estimated", "users_source", "growing")),
    (lazy("what runs"), ("product", "version", "release", "setback")),
    (lazy("the monitors"), ("monitors",)),
    (lazy("the ways back"), ("options", "rollback_when")),
    (lazy("the fix, and what people recommend or ask"), ("hotfix", "proposal", "questions")),
)
DIGITS: Final = 32


def facts(incident: Incident, now: datetime) -> dict[str, Any]:
    """JSON: all that the card shows, `unknown` first. The same number of queries with any history."""
    found = _known(incident, now)
    ways = rollback.ways(incident, now)
    hidden = proposing.hidden_of(incident)
    proposal = proposing.shown(proposing.latest(incident), hidden)
    found |= {
        "version": _version(incident),
        "options": ways,
        "growing": growing(incident),
        "release": release(incident, list(ways)),
        "proposal": proposal,
        "hotfix": mending.mending(incident, proposal),
        "questions": [asking.shown(one, hidden) for one in asking.questions(incident)],
        "told": _told(incident),
        "setback": _setback(incident),
    }
    found["suggestion"] = comparing.suggestion(found)
    return {"unknown": unknown(found), **found}


def brief(incident: Incident, now: datetime) -> dict[str, Any]:
    """Without history, previews and what looks far: for a page that shows much else."""
    found = _known(incident, now)
    return {"unknown": unknown(found | {"version": _version(incident)}), **found}


def _known(incident: Incident, now: datetime) -> dict[str, Any]:
    return {
        "at": _utc(now),
        "incident": incident.ref,
        "title": incident.title,
        "product": incident.product.name,
        "version": incident.affected_version,
        "environment": str(incident.environment or ""),
        "severity": incident.severity.label,
        "mark": incident.severity.mark,
        "confirmed": incident.status != "triage",
        "contained": incident.status == "monitoring",
        "mode": incident.mode,
        "impact": incident.impact,
        "workaround": incident.workaround,
        "users_affected": incident.users_affected,
        "users_estimated": incident.users_estimated,
        "users_source": incident.users_source,
        "security": incident.security,
        "data_loss": incident.data_loss,
        "detected_at": _utc(incident.detected_at),
        "lead": str(incident.lead or ""),
        "monitors": _monitors(incident, now),
        "clocks": [_clock(view) for view in clock_views(incident, now)],
        "rollback_when": options.when(incident),
        "options": options.options(incident),
    }


def _version(incident: Incident) -> str:
    """The one that the incident names, else what is in production."""
    return incident.affected_version or glance.runs(incident)


def _told(incident: Incident) -> list[dict[str, str]]:
    """What users will be told by the process, and at which event."""
    listed = incident.process_version.document.get("messages") or []
    return [
        {"title": str(one["title"]), "when": str((one.get("when") or {}).get("event") or "")}
        for one in listed
        if one.get("audience") == "users"
    ]


def _setback(incident: Incident) -> dict[str, Any] | None:
    """What was brought out and does not hold, as the monitors, the smoke tests or a person say (A37)."""
    event = setbacks.of(incident)
    if event is None:
        return None
    document = incident.process_version.document
    return {
        "seq": event.seq,
        "kind": event.kind,
        "at": _utc(event.occurred_at),
        "what": setbacks.what(event, document),
        "who": event.actor_label if event.actor_id else "",
        "remedy": remedy_of(incident, event),
        "again": setbacks.again(event) if event.kind == EventKind.TAKEN_BACK else "",
        "said": setbacks.sentence(event, document, incident.product.team.time_zone),
    }


def digest(found: dict[str, Any]) -> str:
    """sha256 of the facts as canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def kept(found: dict[str, Any]) -> dict[str, Any]:
    """What is kept with a decision: the words of people stand on the timeline (incidents/lifecycle/described.py)."""
    return without_words({name: value for name, value in found.items() if name not in WORDS})


def seen(found: dict[str, Any]) -> str:
    """64 hexadecimal digits for what a reader compares: the same while nothing but time has passed. How a monitor words
    what it sees ("2.3 s", "silent for 12 min") differs with every look; what counts is whether it is well.

    The first half is the digest of it all and decides. The second is four digits for each of BLOCKS, to say which.
    """
    same = _compared(found)
    return digest(same)[:DIGITS] + "".join(_marks(same))


def changed(before: str, found: dict[str, Any]) -> list[str]:
    """The names of the blocks that differ from those that `before` was made of; empty where it cannot be told."""
    marks = _marks(_compared(found))
    if len(before) != DIGITS + sum(map(len, marks)):
        return []
    old = [before[at : at + 4] for at in range(DIGITS, len(before), 4)]
    return [str(name) for (name, _facts), was, now in zip(BLOCKS, old, marks, strict=True) if was != now]


def _compared(found: dict[str, Any]) -> dict[str, Any]:
    same = {name: value for name, value in found.items() if name not in PASSING}
    same["monitors"] = [{**one, "said": ""} for one in found["monitors"]]
    return dict(rollback.steady(same))


def _marks(same: dict[str, Any]) -> list[str]:
    return [digest({name: same.get(name) for name in names})[:4] for _label, names in BLOCKS]


def unknown(found: dict[str, Any]) -> list[str]:
    """What nobody has said or can tell, the weightiest first. Each is a question that one may ask."""
    looking = [one for one in found["monitors"] if one["state"] == State.UNKNOWN]
    questions = [
        (found["users_affected"] is None, _("How many people are affected?")),
        (not found["impact"], _("Who is affected, and how?")),
        (not found["version"], _("Which version is running?")),
        (not found["confirmed"], _("Is it really %(severity)s? Nobody has confirmed it.") % found),
        *([(True, text) for _key, text in mending.silent(found["hotfix"])] if "hotfix" in found else []),
        (not found["workaround"], _("Is there a workaround?")),
        (not found["monitors"], _("No monitor watches this product.")),
        (not found["options"], _("The process names no way to roll back.")),
    ]
    asked = [text for applies, text in questions if applies]
    asked += [_("Monitor %(name)s cannot tell how it is.") % one for one in looking]
    return list(dict.fromkeys([*asked, *_of_ways(found["options"])]))


def _of_ways(options: list[dict[str, Any]]) -> list[str]:
    """Nobody asks of a way back that is not for this product."""
    found: list[str] = []
    for option in options:
        if not option["fits"]:
            continue
        if "unknown" in option:
            found += option["unknown"]
        elif option["data_preserved"] == "unknown":
            found.append(_("Is data kept by “%(title)s”?") % option)
    return found


def _monitors(incident: Incident, now: datetime) -> list[dict[str, Any]]:
    """The product's, the worst first; the one that opened the incident is among them."""
    order = [State.DOWN, State.DEGRADED, State.UNKNOWN]
    targets = sorted(
        glance.targets_of(incident, now),
        key=lambda one: order.index(State(one.state)) if one.state in order else len(order),
    )
    return [
        {
            "name": one.monitor.name if not one.name else f"{one.monitor.name}: {one.name}",
            "state": str(one.state),
            "since": _utc(one.since) if one.since else "",
            "said": one.said,
        }
        for one in targets[:MONITORS]
    ]


def _clock(view: Any) -> dict[str, Any]:
    due = view.reading.due_at
    return {
        "key": view.clock.key,
        "label": view.clock.label,
        "target": view.clock.target,
        "state": view.reading.state,
        "due_at": _utc(due) if due else "",
        "sum": view.sum,
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def readable(found: dict[str, Any]) -> dict[str, Any]:
    """The facts with their moments as moments again, for a page."""
    return {
        **found,
        **_read(found),
        "at": _moment(found["at"]),
        "detected_at": _moment(found["detected_at"]),
        "monitors": [{**one, "since": _moment(one["since"])} for one in found["monitors"]],
        "clocks": [{**one, "due_at": _moment(one["due_at"])} for one in found["clocks"]],
    }


def _read(found: dict[str, Any]) -> dict[str, Any]:
    """Of what decisions kept only later."""
    if "release" not in found:
        return {}
    seen = found["release"]
    times = {name: _moment(seen[name] or "") for name in ("deployed_at", "first_bad_at")}
    questions = [
        {**one, "at": _moment(one["at"]), "answered_at": _moment(one["answered_at"] or "")}
        for one in found["questions"]
    ]
    return {"release": {**seen, **times}, "questions": questions}


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
