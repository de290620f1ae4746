"""What the printed rules suggest: the first that applies. Never a score, never merged with what people recommend.

Pure. The rules stand on the card in this order, each with whether it applies, so that a reader can check it by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hotfixes.models import Choice


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules ask. None: nobody knows. A way back is safe when nothing is known against it and data is kept by
    it. `did_not_hold`: the watch, the smoke tests or a person failed a fix. `p90`: seconds until nine of ten were
    through; of a few only, a plan, or nothing: None.
    """

    data_loss: bool = False
    did_not_hold: bool = False
    escalating: bool | None = None
    rollback_there: bool = False
    rollback_blocked: bool = False
    rollback_safe: bool | None = None
    cause_known: bool | None = None
    hotfix_p90_s: int | None = None
    rollback_p90_s: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """`choices`: what it suggests, the first before the second; empty: it takes `against` out of the choice."""

    key: str
    text: str | Promise
    applies: Callable[[Situation], bool]
    choices: tuple[str, ...] = ()
    against: str = ""


def _urgent(one: Situation) -> bool:
    return one.data_loss or one.escalating is True


RULES: Final = (
    Rule(
        "did_not_hold",
        _("What was brought out does not hold, and a way back is safe: roll back."),
        lambda one: one.did_not_hold and one.rollback_safe is True,
        (Choice.ROLLBACK,),
    ),
    Rule(
        "urgent_and_safe",
        _("Data is being lost or it grows, and a way back is safe: roll back."),
        lambda one: _urgent(one) and one.rollback_safe is True,
        (Choice.ROLLBACK,),
    ),
    Rule(
        "blocked_and_unknown",
        _("No way back is open, and the cause is not known: contain it first."),
        lambda one: _no_way_back(one) and not one.cause_known,
        (Choice.MITIGATE,),
    ),
    Rule(
        "blocked",
        _("No way back is open, and the cause is known: hotfix, or contain it first."),
        lambda one: _no_way_back(one) and one.cause_known is True,
        (Choice.HOTFIX, Choice.MITIGATE),
    ),
    Rule(
        "cause_unknown_and_safe",
        _("The cause is not known, and a way back is safe: roll back."),
        lambda one: not one.cause_known and one.rollback_safe is True,
        (Choice.ROLLBACK,),
    ),
    Rule(
        "cause_unknown",
        _("The cause is not known: no hotfix yet."),
        lambda one: not one.cause_known,
        against=Choice.HOTFIX,
    ),
    Rule(
        "rollback_is_shorter",
        _("Both are fine, and nine of ten rollbacks are through sooner: roll back."),
        lambda one: _both_fine(one) and _sooner(one.rollback_p90_s, one.hotfix_p90_s),
        (Choice.ROLLBACK,),
    ),
    Rule(
        "hotfix_is_shorter",
        _("Both are fine, and nine of ten hotfixes are through sooner: hotfix."),
        lambda one: _both_fine(one) and _sooner(one.hotfix_p90_s, one.rollback_p90_s),
        (Choice.HOTFIX,),
    ),
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`choice` empty: the rules suggest nothing, because too little is known. `rule` is the one that decided it."""

    choice: str = ""
    other: str = ""
    against: str = ""
    rule: str = ""
    text: str = ""


def suggest(one: Situation) -> Suggestion:
    for rule in RULES:
        if rule.applies(one):
            first, second = (*map(str, rule.choices), "", "")[:2]
            return Suggestion(first, second, str(rule.against), rule.key, str(rule.text))
    return Suggestion()


def _no_way_back(one: Situation) -> bool:
    return one.rollback_blocked or not one.rollback_there


def _both_fine(one: Situation) -> bool:
    return one.cause_known is True and one.rollback_safe is True


def _sooner(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one < other
