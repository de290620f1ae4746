"""The links of a simulation's page: each leads to another moment of the same simulation."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from incidents.simulation.basis import Basis
from incidents.simulation.script import Script, presets
from incidents.simulation.shown import Shown

MINUTE, HOUR = 60, 3600
STEPS = ((MINUTE, _("+1 min")), (5 * MINUTE, _("+5 min")), (15 * MINUTE, _("+15 min")), (HOUR, _("+1 h")))
# What stands under which heading, in this order.
GROUPS = (
    ("decide", _("Somebody decides"), ("decide",)),
    ("step", _("Work goes on"), ("step", "tell")),
    ("setback", _("Something goes wrong"), ("setback",)),
    ("severity", _("It turns out worse or milder"), ("severity",)),
    ("role", _("Somebody takes a role"), ("role",)),
    ("end", _("It ends"), ("end",)),
)


@dataclass(frozen=True)
class Go:
    """`key` is the same on the next page, so that the focus stays on what was pressed."""

    key: str
    href: str
    label: str


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    moves: list[Go]


def times(shown: Shown) -> list[Go]:
    """The clock moved on by so much, and to what comes next by itself."""
    script = shown.script
    found = [Go(f"plus-{n}", f"?{script.later(n).query}", str(label)) for n, label in STEPS]
    if shown.coming:
        left = int((shown.coming[0].at - shown.now).total_seconds()) + 1
        found.append(Go("plus-due", f"?{script.later(left).query}", str(_("To what is due next"))))
    return found


def next_move(shown: Shown) -> Go | None:
    if shown.script.full:
        return None
    return next((_move(shown, "next", one.verb, one.of, one.label) for one in shown.group("next")), None)


def groups(shown: Shown) -> list[Group]:
    found = []
    for key, title, names in () if shown.script.full else GROUPS:
        moves = [_move(shown, key, one.verb, one.of, one.label) for one in shown.group(*names)]
        if moves:
            found.append(Group(key, str(title), moves))
    return found


def starts(basis: Basis, script: Script, now: datetime) -> list[Go]:
    """The same severity from another moment on, nothing done yet."""
    return [
        Go("", f"?{Script(script.severity, at, script.zone).query}", label)
        for label, at in presets(basis.document, now, script.zone)
    ]


def _move(shown: Shown, place: str, verb: str, of: str, label: str) -> Go:
    key = "-".join(part for part in (place, verb, of) if part)
    return Go(key, f"?{shown.script.then(verb, of).query}", label)
