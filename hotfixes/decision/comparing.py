"""The two choices side by side, row by row, and what the printed rules suggest of them. Pure: read from the facts."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotfixes.decision import rules
from hotfixes.decision.growing import RISING
from hotfixes.decision.mending import LEAST
from hotfixes.models import Choice
from products.vocabulary import EventKind
from ui.durations import rough_text

# What brings no earlier version back.
HALT: Final = "halt_rollout"
FORWARD: Final = frozenset({HALT, "flag_off"})
GOOD, BAD, OPEN, PLAIN = "good", "critical", "high", ""


@dataclass(frozen=True, slots=True)
class Cell:
    """`tone`: good, critical, high (nobody can tell) or plain; the words alone say it, too."""

    text: str
    tone: str = PLAIN
    more: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One choice. `blocked`: what is known to stand against it; its button says so, and so does the second tap."""

    choice: str
    option: str
    title: str
    button: str
    time: Cell
    undoes: Cell
    data: Cell
    users: Cell
    blocked: Cell
    recommended: list[str] = field(default_factory=list)
    # A store's version is not called back: its rollout is halted.
    halts: bool = False
    # Fixes of other incidents that go with it.
    takes_back: list[str] = field(default_factory=list)

    @property
    def is_blocked(self) -> bool:
        return self.blocked.tone == BAD


def best(found: dict[str, Any]) -> dict[str, Any] | None:
    """The way back that is compared: what somebody recommends, else the first that fits and nothing stands against."""
    fitting = [way for way in found["options"] if way["fits"]]
    named = (found.get("proposal") or {}).get("option")
    order = [
        *(way for way in fitting if named and way["key"] == named),
        *(way for way in fitting if not way.get("blocked")),
        *fitting,
    ]
    return order[0] if order else None


def columns(found: dict[str, Any]) -> list[Column]:
    """The hotfix, then the way back, with the same rows; the way back first where a hotfix does not hold (A37)."""
    back = [_back(found, way)] if (way := best(found)) else []
    return [*back, _hotfix(found)] if fix_failed(found) else [_hotfix(found), *back]


def fix_failed(found: dict[str, Any]) -> bool:
    """What a rollback brought back is not gone back from again, nor what took the fix back: that is decided anew, with
    nothing put first."""
    setback = found.get("setback") or {}
    if setback.get("kind") == EventKind.TAKEN_BACK:
        return False
    return bool(setback) and not str(setback["remedy"]).startswith("RB-")


def suggestion(found: dict[str, Any]) -> dict[str, Any]:
    """Frozen with the card: which rule applied, and what it said."""
    return asdict(rules.suggest(situation(found)))


def situation(found: dict[str, Any]) -> rules.Situation:
    way, hotfix = best(found), found["hotfix"]
    fitting = [one for one in found["options"] if one["fits"]]
    took = (way or {}).get("took") or {}
    return rules.Situation(
        data_loss=bool(found["data_loss"]),
        did_not_hold=fix_failed(found),
        escalating={"unknown": None}.get(found["growing"]["way"], found["growing"]["way"] == RISING),
        rollback_there=bool(fitting),
        rollback_blocked=bool(fitting) and all(one.get("blocked") for one in fitting),
        rollback_safe=_safe(way),
        cause_known=hotfix["cause_known"],
        hotfix_p90_s=hotfix["p90_s"],
        rollback_p90_s=took.get("worst_s") if took.get("n", 0) >= LEAST else None,
    )


def _safe(way: dict[str, Any] | None) -> bool | None:
    """There, open, with data kept and nothing that holds a hole shut undone; None: nobody can tell."""
    if way is None:
        return None
    if way["blocked"] or way["data_preserved"] == "no" or way["undoes"]["security"]:
        return False
    if way.get("takes_back"):
        return None
    if way["unknown"] or way["data_preserved"] != "yes" or way["undoes"]["migrations"] == "maybe":
        return None
    return True


def _hotfix(found: dict[str, Any]) -> Column:
    hotfix = found["hotfix"]
    version, new = found["version"], hotfix["version"]
    button = _("Hotfix %(old)s → %(new)s") % {"old": version, "new": new} if version and new else _("Hotfix")
    return Column(
        "hotfix", "", _("Hotfix"), button,
        time=_hotfix_time(hotfix),
        undoes=Cell(_("nothing")),
        data=Cell(_("kept"), GOOD),
        users=Cell(_("nothing")),
        blocked=_hotfix_blocked(hotfix),
        recommended=_recommended(found, "hotfix"),
    )  # fmt: skip


def _hotfix_time(hotfix: dict[str, Any]) -> Cell:
    n = ngettext("%(n)s hotfix", "%(n)s hotfixes", hotfix["n"]) % {"n": hotfix["n"]}
    if hotfix["p50_s"] is not None:
        words = {"p50": rough_text(hotfix["p50_s"]), "p90": rough_text(hotfix["p90_s"])}
        return Cell(_("%(p50)s, nine of ten in %(p90)s") % words, more=_("of %s") % n)
    if hotfix["plan_s"]:
        more = _("plan, %s so far") % n if hotfix["n"] else _("plan, not history")
        return Cell(rough_text(hotfix["plan_s"]), more=more)
    return Cell(_("can't tell"), OPEN, n)


def _hotfix_blocked(hotfix: dict[str, Any]) -> Cell:
    """The rules speak against it too where nobody has said what the cause is: that is no "nothing known"."""
    wrong = [one["summary"] for one in hotfix["checks"].values() if one["verdict"] == "FAIL"]
    if wrong:
        return Cell(wrong[0], OPEN)
    if hotfix["cause_known"] is False:
        return Cell(_("the cause is not known"), OPEN)
    if hotfix["cause_known"] is None:
        return Cell(_("cause: nobody has said"), OPEN)
    return Cell(_("nothing known"))


def _back(found: dict[str, Any], way: dict[str, Any]) -> Column:
    return Column(
        "rollback", way["key"], _("Halt rollout") if way["kind"] == HALT else _("Roll back"), way["button"],
        time=_back_time(way),
        undoes=_undoes(way),
        data={
            "yes": Cell(_("kept"), GOOD), "no": Cell(_("lost"), BAD),
        }.get(way["data_preserved"], Cell(_("can't tell"), OPEN)),
        users=Cell(way["user_action"] or _("nothing")),
        blocked=_against(way),
        recommended=_recommended(found, "rollback", way["key"]),
        halts=way["kind"] == HALT,
        takes_back=way.get("takes_back") or [],
    )  # fmt: skip


def _back_time(way: dict[str, Any]) -> Cell:
    took, drill = way["took"], way["drill"]
    if took:
        n = ngettext("%(n)s time", "%(n)s times", took["n"]) % {"n": took["n"]}
        words = {"median": rough_text(took["median_s"]), "worst": rough_text(took["worst_s"])}
        return Cell(_("%(median)s, at worst %(worst)s") % words, more=_("of %s") % n)
    if drill:
        return Cell(rough_text(drill["took_s"]), more=_("in a drill, never for real"))
    return Cell(_("can't tell"), OPEN, _("never done yet"))


def _against(way: dict[str, Any]) -> Cell:
    if way["blocked"]:
        return Cell(way["blocked"][0]["text"], BAD, _more(way["blocked"]))
    n = len(way.get("takes_back") or [])
    if not n:
        return Cell(_("nothing known"))
    return Cell(ngettext("takes back another incident's fix", "takes back other incidents' fixes", n), OPEN)


def _undoes(way: dict[str, Any]) -> Cell:
    undoes, lost = way["undoes"], way.get("takes_back") or []
    if way["kind"] in FORWARD:
        return Cell(_("nothing"))
    if lost and not undoes["known"]:
        return Cell(", ".join(lost[:2]), OPEN, _("what else: can't tell"))
    if not undoes["known"]:
        return Cell(_("can't tell"), OPEN)
    n, security = undoes["commits"], len(undoes["security"])
    words = ngettext("%(n)s change", "%(n)s changes", n) % {"n": f"{n}+" if undoes["more"] else n}
    if security:
        return Cell(
            words, BAD, ngettext("%(n)s for security", "%(n)s for security", security) % {"n": security}
        )
    named = lost or undoes["hotfixes"]
    return Cell(words, OPEN if named else PLAIN, ", ".join(named[:2]))


def _more(blocked: list[Any]) -> str:
    more = len(blocked) - 1
    return ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more} if more else ""


def contain(found: dict[str, Any]) -> list[str]:
    """Who recommends to contain it first."""
    return _recommended(found, Choice.MITIGATE)


def _recommended(found: dict[str, Any], choice: str, option: str = "") -> list[str]:
    """By whom: the lead, the rules. Nobody's: both weigh the same."""
    by: list[str] = []
    proposal = found.get("proposal")
    if proposal and proposal["choice"] == choice and proposal["option"] in ("", option):
        by.append(proposal["who"])
    if found["suggestion"]["choice"] == choice:
        by.append(_("the rules"))
    return by
