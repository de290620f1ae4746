"""What the decision card shows one reader: the facts, both choices side by side, the rules, and who decides."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import allowed
from accounts.models import User
from hotfixes.decision import asking, comparing, deciders, proposing, rules
from hotfixes.decision import facts as known
from hotfixes.decision.decide import standing
from hotfixes.decision.told import told
from hotfixes.models import Choice, Decision, Preview
from hotfixes.preview import asking as asking_git
from hotfixes.rollback.remarks import entered_on
from incidents import glance
from incidents.models import Incident
from incidents.views.incident import zone_of


def card_page(
    request: HttpRequest, found: Incident, user: User, status: int = 200, **extra: Any
) -> HttpResponse:
    return render(request, "hotfixes/card_page.html", {**card(found, user), **extra}, status=status)


def card(found: Incident, reader: User) -> dict[str, Any]:
    """What the card shows `reader`. About sixty queries, however long the history is."""
    with glance.glance(found):
        read = known.facts(found, glance.now(found))
        return {
            **_around(found, reader, read),
            "raw": read,
            "unknowns": _unknowns(found, reader, read),
            "seen": known.seen(read),
            "columns": comparing.columns(read),
            "contain": comparing.contain(read),
            "preview": _looked_again(found, read),
            "told": told(found, read, glance.now(found)) if found.is_open else [],
            "rules": [
                (rule, rule.applies(comparing.situation(read)), rule.key == read["suggestion"]["rule"])
                for rule in rules.RULES
            ],
            "off": next((way for way in read["options"] if way["kind"] == "flag_off" and way["fits"]), None),
            "may_ask": found.is_open and allowed(reader, "ask_question", found),
            "may_propose": found.is_open and allowed(reader, "propose", found),
            "may_override": found.is_open and allowed(reader, "decide_in_emergency", found),
        }


def _unknowns(found: Incident, reader: User, read: dict[str, Any]) -> list[tuple[str, str]]:
    """Each with the page where `reader` may enter what is missing, or "": an address is followed, not read."""
    pages: dict[str, str] = {}
    if allowed(reader, "edit", found.product):
        for way in read["options"]:
            pages |= entered_on(way)
    return [(line, pages.get(line, "")) for line in read["unknown"]]


def _looked_again(found: Incident, read: dict[str, Any]) -> Preview | None:
    """What the way back that is compared undoes: read anew where that is a while ago, shown here when it is there."""
    way = comparing.best(read)
    if way is None or not found.is_open or way["kind"] in comparing.FORWARD:
        return None
    return asking_git.look_again(found.product, way["from_ref"], way["target_ref"], glance.now(found))


def brief(found: Incident, reader: User) -> dict[str, Any]:
    """What the incident's own page shows of it."""
    hidden = proposing.hidden_of(found)
    latest, was_asked = proposing.latest_and_asked(found) if found.is_open else (None, False)
    read = known.brief(found, glance.now(found)) | {"proposal": proposing.shown(latest, hidden)}
    questions = asking.questions(found) if was_asked else []
    waiting = [asking.shown(one, hidden) for one in questions if one.answered_at is None]
    may = found.is_open and bool(waiting) and allowed(reader, "ask_question", found)
    return _around(found, reader, read) | {"waiting": waiting, "may_answer": may}


def _decided(read: dict[str, Any], stands: Decision) -> dict[str, Any] | None:
    """The way that was decided on, with the fixes that went with it then: the next one would take back others."""
    then = {one["key"]: one for one in stands.facts.get("options") or []}
    found = next((one for one in read["options"] if one["key"] == stands.option), None)
    return found and {**found, "takes_back": then.get(stands.option, {}).get("takes_back")}


def _around(found: Incident, reader: User, read: dict[str, Any]) -> dict[str, Any]:
    stands = standing(found)
    return {
        "way": _decided(read, stands) if stands else None,
        "incident": found,
        "facts": known.readable(read),
        "halts": next((one["kind"] == comparing.HALT for one in read["options"] if one["fits"]), False),
        "standing": stands,
        "late_revisit": bool(stands and stands.revisit_at and stands.revisit_at <= glance.now(found)),
        "role": deciders.decider(found, reader) if found.is_open else None,
        "asked": deciders.asked(found),
        "roles": deciders.roles(found),
        "zone": zone_of(reader, found),
        "choices": Choice,
        "reader": reader,
    }
