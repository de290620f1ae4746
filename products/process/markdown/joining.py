"""What belongs together: the watch and its clock, a box and its step, a step and who executes it."""

import re

from products.process.markdown.draft import Draft
from products.process.markdown.guesses import Told, Why


def join(draft: Draft) -> None:
    """When everything has been read."""
    _watch(draft)
    roles, steps = draft.root.get("roles", []), draft.root.get("steps", [])
    watching = next((role["key"] for role in roles if role.get("watches")), None)
    if watching and "watch" in draft.root:
        draft.root["watch"].setdefault("role", watching)
    executing = next((role["key"] for role in roles if role.get("executes")), None)
    for step in steps:
        if named := next((role["key"] for role in roles if _speaks_of(step, role)), executing):
            step["role"] = named
    for item in (draft.root.get("checklist") or {}).get("items", []):
        key = item.get("check")
        step = next((one for one in steps if key and key in one.get("checks", [])), None)
        if step:
            item["step"] = step["key"]


def _watch(draft: Draft) -> None:
    """A watch that only prose gives, and the clock of one that is only listed."""
    clock = next((clock for clock in draft.root.get("clocks", []) if clock["key"] == "watch"), None)
    if clock:
        watch = draft.root.setdefault("watch", Told(clock.why, from_=clock["from"], for_="2 h"))
        watch["for"], clock["from"] = clock["target"]["within"], watch["from"]
    elif watch := draft.root.get("watch"):
        made = Told(
            Why("the watch takes that long", watch.why.line), key="watch", label="Watch", kind="commitment"
        )
        made |= {
            "from": watch["from"],
            "to": ["watch_met", "watch_failed"],
            "target": {"within": watch["for"]},
        }
        made |= {"at_least": True, "holds": ["close"], "per": "remedy", "bounds": "house"}
        draft.add("clocks", made, 40)


def _speaks_of(step: Told, role: Told) -> bool:
    return re.match(rf"(the )?{re.escape(role['label'])}\b", step["title"], re.I) is not None
