"""The figures as their page shows them: what is empty left out, what is not counted said."""

from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotfixes.models import Hotfix, Rollback
from incidents.clocks.outcome import Outcome
from incidents.models import Mode, Status
from review.insights.asked import NOTHING
from review.models import ActionState

# What no share is made of; a clock that only ever had no limit is not shown at all.
ASIDE = (Outcome.RUNNING, Outcome.WAIVED, Outcome.CANCELLED, Outcome.INSTEAD)
_HOTFIXES = [*Hotfix.Status.choices, ("taken_back", gettext_lazy("taken back"))]
_ACTIONS = [*ActionState.choices, ("overdue", gettext_lazy("Overdue"))]


def page(found: dict[str, Any]) -> dict[str, Any]:
    statuses = [(str(one), str(one.label), found["by_status"][one]) for one in Status]
    modes = [(str(one), str(one.label), found["by_mode"][one]) for one in Mode if one != Mode.LIVE]
    return {
        **found,
        "any": any(found["by_mode"].values()),
        "statuses": [row for row in statuses if row[2] and row[0] not in NOTHING],
        "aside": [
            *((f"status.{key}", label, n) for key, label, n in statuses if n and key in NOTHING),
            *((f"mode.{key}", label, n) for key, label, n in modes if n),
        ],
        "processes": [
            (name, [_group(one) for one in groups if one["n"]])
            for name, groups in groupby(found["groups"], key=lambda one: one["process_name"])
        ],
        "decided": [one for one in found["decisions"] if one["n"]],
        "remedies": [
            (_("Hotfixes"), "hotfix", _there(found["hotfixes"], _HOTFIXES)),
            (_("Rollbacks"), "rollback", _there(found["rollbacks"], Rollback.Status.choices)),
        ],
        "todo": _there(found["actions"], _ACTIONS),
    }


def _there(counts: dict[str, int], words: list[tuple[str, Any]]) -> list[tuple[str, str, int]]:
    return [(key, str(label), counts[key]) for key, label in words if counts[key]]


def _group(group: dict[str, Any]) -> dict[str, Any]:
    clocks = [_clock(one) for one in group["clocks"]]
    return {
        **group,
        "times": [one for one in group["times"] if one["n"]],
        "clocks": [one for one in clocks if one["n"] or one["aside"]],
    }


def _clock(clock: dict[str, Any]) -> dict[str, Any]:
    aside = [(str(one), str(one.label), clock[one]) for one in ASIDE if clock[one]]
    words = _("%(met)s of %(n)s") % {"met": clock["met"], "n": clock["n"]}
    return {**clock, "aside": aside, "words": words}
