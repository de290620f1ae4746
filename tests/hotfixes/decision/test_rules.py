"""The printed rules: the first that applies, never a score."""

import pytest

from hotfixes.decision.rules import RULES, Situation, suggest

TABLE = [
    # What is known, what is suggested, what is only advised against, by which rule.
    (Situation(), "mitigate", "", "blocked_and_unknown"),
    (Situation(rollback_there=True), "", "hotfix", "cause_unknown"),
    (Situation(data_loss=True, rollback_there=True, rollback_safe=True), "rollback", "", "urgent_and_safe"),
    (
        Situation(data_loss=True, rollback_there=True, rollback_safe=True, cause_known=True, hotfix_p90_s=1),
        "rollback", "", "urgent_and_safe",
    ),
    (
        Situation(did_not_hold=True, rollback_there=True, rollback_safe=True, cause_known=True, hotfix_p90_s=1),
        "rollback", "", "did_not_hold",
    ),
    (Situation(did_not_hold=True, rollback_there=True, cause_known=True), "", "", ""),
    (Situation(escalating=True, rollback_there=True, rollback_safe=True), "rollback", "", "urgent_and_safe"),
    (Situation(data_loss=True, rollback_there=True, rollback_safe=None), "", "hotfix", "cause_unknown"),
    (Situation(data_loss=True, rollback_there=True, rollback_safe=None, cause_known=True), "", "", ""),
    (
        Situation(data_loss=True, rollback_there=True, rollback_blocked=True, rollback_safe=False),
        "mitigate", "", "blocked_and_unknown",
    ),
    (
        Situation(rollback_there=True, rollback_blocked=True, rollback_safe=False, cause_known=True),
        "hotfix", "", "blocked",
    ),
    (Situation(rollback_there=True, rollback_safe=True, cause_known=False), "rollback", "", "cause_unknown_and_safe"),
    (Situation(rollback_there=True, rollback_safe=False, cause_known=False), "", "hotfix", "cause_unknown"),
    (
        Situation(rollback_there=True, rollback_safe=True, cause_known=True, hotfix_p90_s=3600, rollback_p90_s=400),
        "rollback", "", "rollback_is_shorter",
    ),
    (
        Situation(rollback_there=True, rollback_safe=True, cause_known=True, hotfix_p90_s=300, rollback_p90_s=400),
        "hotfix", "", "hotfix_is_shorter",
    ),
    (
        Situation(rollback_there=True, rollback_safe=True, cause_known=True, hotfix_p90_s=400, rollback_p90_s=400),
        "", "", "",
    ),
    (Situation(rollback_there=True, rollback_safe=True, cause_known=True, hotfix_p90_s=400), "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("known", "choice", "against", "rule"), TABLE)
def test_the_first_rule_that_applies_is_what_is_suggested(
    known: Situation, choice: str, against: str, rule: str
) -> None:
    found = suggest(known)
    assert (found.choice, found.against, found.rule) == (choice, against, rule)
    assert found.text == next((str(one.text) for one in RULES if one.key == rule), "")


def test_a_way_that_is_blocked_leaves_two() -> None:
    found = suggest(Situation(rollback_there=True, rollback_blocked=True, cause_known=True))
    assert (found.choice, found.other) == ("hotfix", "mitigate")


def test_every_rule_decides_in_some_row_of_the_table() -> None:
    assert {rule for *_rest, rule in TABLE} - {""} == {rule.key for rule in RULES}
