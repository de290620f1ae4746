"""What stands against a way back, what to mind, what nobody can tell, and what its button says. Pure.

Nothing here keeps a person from going on: it is on record that they did.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotfixes.rollback.shapes import Precondition, Remark, Way
from products.vocabulary import Verdict

# After an irreversible migration the version before may not run; a store's version cannot be called back at all.
GOES_BACK = frozenset({"ota", "reflash", "binary_backup", "redeploy", "other"})
HALT = "halt_rollout"


def blocked(found: Way) -> list[Remark]:
    """What is known to stand against it. A person may go on all the same, and it is on record that they did."""
    remarks: list[Remark] = [
        {"key": one["shown_by"] or "precondition", "text": one["summary"]}
        for one in found["preconditions"]
        if one["verdict"] == Verdict.FAIL
    ]
    goes_back = found["kind"] in GOES_BACK
    named_already = any(one["key"] == "migrations" for one in remarks)
    if goes_back and found["undoes"]["migrations"] == "irreversible" and not named_already:
        remarks.append({"key": "migrations", "text": _("A migration since then cannot be taken back.")})
    return remarks


def warnings(found: Way) -> list[Remark]:
    undoes = found["undoes"]
    if found["kind"] not in GOES_BACK:
        return _user_action(found)
    n = len(undoes["security"])
    said = [
        (n, "security", ngettext(
            "It takes back what looks like a security fix: %(what)s",
            "It takes back %(n)s changes that look like security fixes, such as: %(what)s", n,
        ) % {"n": n, "what": next(iter(undoes["security"]), "")}),
        (len(found["takes_back"]), "takes_back", _("It takes back what mends another incident: %(what)s.")
         % {"what": _few(found["takes_back"])}),
        (len(undoes["hotfixes"]), "hotfixes", _("It takes back: %(what)s.") % {"what": _few(undoes["hotfixes"])}),
        (undoes["migrations"] == "maybe", "maybe", _("A migration since then may not be taken back.")),
        (len(undoes["secrets"]), "secrets", _("Files that may hold secrets changed: %(what)s.")
         % {"what": _few(undoes["secrets"])}),
        (len(undoes["config"]), "config", _("Configuration changed: %(what)s.") % {"what": _few(undoes["config"])}),
    ]  # fmt: skip
    listed: list[Remark] = [{"key": key, "text": text} for applies, key, text in said if applies]
    return listed + _user_action(found)


def _user_action(found: Way) -> list[Remark]:
    return [{"key": "user_action", "text": found["user_action"]}] if found["user_action"] else []


def unknown(found: Way) -> list[str]:
    """What nobody can tell of it, the weightiest first; nothing where it does not fit the product."""
    if not found["fits"]:
        return []
    goes_back = found["kind"] in GOES_BACK
    title = {"title": found["title"]}
    asked = [
        (found["data_preserved"] == "unknown", _("Is data kept by “%(title)s”?") % title),
        (goes_back and not found["target_version"], _("Which version ran before?")),
        (goes_back and not found["undoes"]["known"], _("What would it undo? %(why)s") % found["undoes"]),
        (found["kind"] == HALT and found["percent"] is None, _("How many have the version already?")),
    ]
    listed = [text for applies, text in asked if applies]
    listed += [
        _asked(one)
        for one in found["preconditions"]
        if one["verdict"] == Verdict.UNKNOWN and one["shown_by"] not in ("migrations", "staged")
    ]
    return list(dict.fromkeys(listed))


def entered_on(found: Way) -> dict[str, str]:
    """The page where it is entered, by the line of `unknown` that asks for it."""
    return {_asked(one): page for one in found["preconditions"] if (page := one["facts"].get("entered_on"))}


def _asked(one: Precondition) -> str:
    return f"{one['text']} {one['summary']}"


def button(found: Way) -> str:
    """What the button says: a store's version cannot be called back, only halted."""
    if found["kind"] == HALT:
        return _("Halt rollout")
    if found["kind"] == "flag_off":
        return _("Switch it off")
    version = found["target_version"]
    return _("Roll back to %(version)s") % {"version": version} if version else _("Roll back")


def _few(words: Iterable[str], most: int = 3) -> str:
    listed = list(words)
    more = len(listed) - most
    said = ", ".join(listed[:most])
    return _("%(said)s and %(n)s more") % {"said": said, "n": more} if more > 0 else said
