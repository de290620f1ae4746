"""Random valid processes, as plain values: every section, every kind of target, texts that YAML likes to misread."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from products.vocabulary import CHECKS, Moment
from tests.products.random_words import (
    DURATION,
    EVENTS,
    NAME,
    ORIGIN,
    Draw,
    keys,
    line,
    maybe,
    one,
    sentence,
    template,
)


@cache
def _target(calendars: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return target(calendars)


@st.composite
def target(draw: Draw, calendars: tuple[str, ...]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["within", "milestone", "none"]))
    if kind == "none":
        return {"none": True}
    if kind == "milestone":
        return {"milestone": draw(st.sampled_from(["next release", "v1.1", "Next quarter"]))}
    made: dict[str, Any] = {"within": draw(DURATION)}
    if calendars:
        maybe(draw, made, "calendar", one(calendars))
    maybe(draw, made, "origin", ORIGIN)
    return made


@st.composite
def calendar(draw: Draw, key: str) -> dict[str, Any]:
    hours = {
        day: draw(st.sampled_from(["09:00-17:00", "00:00-24:00", "22:30-23:59"]))
        for day in draw(
            st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1)
        )
    }
    zone = draw(st.sampled_from(["UTC", "Europe/Vienna", "Australia/Lord_Howe", "Pacific/Apia"]))
    days = draw(st.lists(st.dates().map(str), max_size=3))
    return {"key": key, "time_zone": zone, "hours": hours, "holidays": days}


@st.composite
def severity(draw: Draw, key: str, clocks: list[str], calendars: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "key": key,
        "label": draw(line(80)),
        "mark": draw(st.sampled_from(["critical", "high", "medium", "low"])),
        "rank": draw(st.integers(1, 4)),
        "proceed": "immediately",
    }
    if draw(st.booleans()):
        made |= {"proceed": "defer", "defer_to": draw(line(80))}
    if clocks:
        made["targets"] = draw(st.dictionaries(one(clocks), _target(tuple(calendars)), max_size=3))
    maybe(draw, made, "examples", st.lists(line(), max_size=3))
    maybe(draw, made, "wake", st.sampled_from(["yes", "no", {"answer": "no", "origin": "house"}]))
    return made


@st.composite
def clock(draw: Draw, key: str, messages: list[str], calendars: list[str]) -> dict[str, Any]:
    starts = draw(one([*Moment.values, *EVENTS]))
    sent = [f"message_sent:{message}" for message in messages]
    made: dict[str, Any] = {
        "key": key,
        "label": draw(line(80)),
        "kind": draw(st.sampled_from(["commitment", "target"])),
        "from": starts,
        "to": draw(
            st.lists(one([event for event in [*EVENTS, *sent] if event != starts]), min_size=1, max_size=4)
        ),
    }
    if draw(st.booleans()):
        made |= {"at_least": True, "holds": ["close"]}
    maybe(draw, made, "target", _target(tuple(calendars)))
    maybe(draw, made, "per", st.sampled_from(["incident", "remedy"]))
    maybe(draw, made, "bounds", ORIGIN)
    return made


@st.composite
def step(draw: Draw, key: str, roles: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"key": key, "title": draw(line())}
    command = st.fixed_dictionaries(
        {"run": st.one_of(line(), st.lists(line(40), min_size=2, max_size=3).map("\n".join))},
        optional={"about": line(), "workdir": line()},
    )
    maybe(draw, made, "phase", line(80))
    maybe(draw, made, "text", st.lists(sentence(), max_size=3))
    maybe(draw, made, "commands", st.lists(command, max_size=3))
    maybe(draw, made, "checks", st.lists(one(CHECKS), max_size=3))
    maybe(draw, made, "done_on", st.lists(one(EVENTS), max_size=3))
    maybe(draw, made, "if_needed", line())
    if roles:
        maybe(draw, made, "role", one(roles))
    return made


@st.composite
def message(draw: Draw, key: str, roles: list[str]) -> dict[str, Any]:
    when: dict[str, Any] = {"event": draw(one(EVENTS))}
    maybe(draw, when, "delay", DURATION)
    maybe(draw, when, "not_before", one(EVENTS))
    said = st.one_of(
        template(),
        st.fixed_dictionaries({"text": template(), "claim": st.sampled_from(["restored", "stable"])}),
    )
    made = {
        "key": key,
        "title": draw(line()),
        "when": when,
        "body": draw(st.lists(said, min_size=1, max_size=3)),
    }
    maybe(draw, made, "audience", st.sampled_from(["internal", "users"]))
    return made


@st.composite
def processes(draw: Draw) -> dict[str, Any]:
    """A whole one; what refers to something refers to something that is there."""
    roles, calendars, clocks = keys(draw, 4), keys(draw, 2), keys(draw, 4)
    messages, steps = keys(draw, 3), keys(draw, 4)
    names = draw(st.lists(NAME, min_size=1, max_size=4, unique=True))
    made: dict[str, Any] = {
        "schema": 1,
        "key": draw(st.sampled_from(["shop", "no", "null", "a-1", "x" * 40])),
        "name": draw(line(120)),
        "severities": [draw(severity(name, clocks, calendars)) for name in names],
        "roles": [_role(draw, key, roles) for key in roles],
        "calendars": [draw(calendar(key)) for key in calendars],
        "clocks": [draw(clock(key, messages, calendars)) for key in clocks],
        "steps": [draw(step(key, roles)) for key in steps],
        "messages": [draw(message(key, roles)) for key in messages],
    }
    maybe(draw, made, "purpose", sentence())
    maybe(
        draw,
        made,
        "eligibility",
        st.fixed_dictionaries(
            {"use": st.lists(sentence(), max_size=2), "not": st.lists(sentence(), max_size=2)}
        ),
    )
    maybe(
        draw,
        made,
        "mistakes",
        st.fixed_dictionaries(
            {"do": st.lists(sentence(), max_size=2), "dont": st.lists(sentence(), max_size=2)}
        ),
    )
    maybe(draw, made, "marks", st.lists(_mark(), max_size=3))
    maybe(draw, made, "checklist", _checklist(steps))
    maybe(draw, made, "policy", _policy())
    maybe(draw, made, "rollback", _rollback())
    maybe(draw, made, "origin", _provenance())
    maybe(
        draw,
        made,
        "watch",
        st.fixed_dictionaries({"from": one(EVENTS), "for": DURATION, "coverage": st.integers(1, 100)}),
    )
    maybe(
        draw,
        made,
        "contacts",
        st.fixed_dictionaries(
            {"tell": st.lists(st.fixed_dictionaries({"label": line(80)}), max_size=2), "channel": line()}
        ),
    )
    return made


def _role(draw: Draw, key: str, known: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"key": key, "label": draw(line(80))}
    maybe(draw, made, "decides", st.booleans())
    maybe(draw, made, "responsibilities", st.lists(sentence(), max_size=2))
    maybe(draw, made, "deputies", st.lists(one(known), max_size=2))
    return made


@cache
def _mark() -> st.SearchStrategy[dict[str, Any]]:
    what = st.fixed_dictionaries(
        {"label": line(80), "events": st.lists(one([*Moment.values, *EVENTS]), min_size=1, max_size=2)}
    )
    return st.fixed_dictionaries(
        {"at": st.one_of(st.just("0"), DURATION), "what": st.lists(what, min_size=1, max_size=2)}
    )


def _checklist(steps: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    more = {"step": one(steps)} if steps else {}
    item = st.fixed_dictionaries({"title": line()}, optional={"check": one(CHECKS), **more})
    return st.fixed_dictionaries(
        {"items": st.lists(item, max_size=4)}, optional={"header": template(), "footer": template()}
    )


@cache
def _policy() -> st.SearchStrategy[dict[str, Any]]:
    name = template().filter(lambda text: not text.startswith("-"))
    file = st.fixed_dictionaries({"path": line(), "kind": st.sampled_from(["npm", "cargo", "plain"])})
    return st.fixed_dictionaries(
        {},
        optional={
            "branch": name,
            "tag": name,
            "merge": st.sampled_from(["ff-only", "merge", "forward-port", "any"]),
            "annotated": st.booleans(),
            "version_files": st.lists(file, max_size=2),
            "review": st.fixed_dictionaries({"approvals": st.integers(0, 10)}),
        },
    )


@cache
def _rollback() -> st.SearchStrategy[dict[str, Any]]:
    option = st.fixed_dictionaries(
        {"kind": st.sampled_from(["ota", "redeploy", "other"]), "title": line()},
        optional={
            "data_preserved": st.sampled_from(["yes", "no", "unknown"]),
            "steps": st.lists(sentence(), max_size=2),
        },
    )
    options = st.lists(option, max_size=3).map(
        lambda found: [{"key": f"way_{n}", **one} for n, one in enumerate(found)]
    )
    return st.fixed_dictionaries({"options": options}, optional={"when": sentence()})


@cache
def _provenance() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "author": line(80),
            "commit": st.sampled_from(["1234567", "0e1234567", "abcdef0" * 5]),
            "date": st.datetimes().map(lambda moment: f"{moment.replace(microsecond=0).isoformat()}+01:00"),
            "last_updated": st.dates().map(str),
            "lines": st.integers(1, 10_000),
        },
    )
