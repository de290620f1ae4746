"""What is questionable in a process document.

A rule is one function and one line in `RULES`. A document answers a finding with an entry in `settles`; the answer is
shown beside the finding and the finding stays, because the next reader stumbles over the same place.
"""

from products.process import load
from products.process.document import read
from products.process.lint import people, release, telling, timing
from products.process.lint.finding import Finding, Rule
from products.process.schema.document import ProcessDocument

__all__ = ["RULES", "Finding", "lint", "lint_text"]

RULES: tuple[Rule, ...] = (
    release.fast_forward_from_a_tag,
    timing.plan_against_limit,
    timing.watch_outlasts_resolved,
    timing.response_below_total,
    timing.starts_at_once_and_may_wait,
    timing.deadline_and_release,
    release.number_for_a_version,
    people.one_product_many_names,
    release.label_that_no_command_sets,
    people.box_without_a_step,
    telling.verified_before_it_can_be,
    release.rules_nobody_made,
    release.patch_and_build,
    timing.bounds_not_in_source,
    telling.rollback_chosen_but_not_described,
    telling.rollback_without_people,
    telling.told_twice_the_same,
    people.files_elsewhere,
    timing.worse_is_slower,
    timing.marks_out_of_order,
    timing.clock_without_a_time,
    timing.sleeping_through_the_worst,
    release.name_without_the_version,
    release.changes_without_review,
    people.nobody_is_told,
    people.nobody_can_verify,
    people.nobody_decides,
    people.decider_without_deputy,
    people.step_without_a_role,
    telling.way_back_without_steps,
    telling.data_unknown,
    telling.nothing_learnt,
)


def lint_text(text: bytes, *, name: str) -> list[Finding]:
    """Findings of the document `text` in the order of its lines. Raises ProcessError for one that cannot be used."""
    return lint(load(text, name=name), text, name=name)


def lint(process: ProcessDocument, text: bytes, *, name: str) -> list[Finding]:
    """Findings of `process`, which `text` was read to."""
    document = read(text, name=name)
    answers = {settlement.settles: settlement for settlement in process.settles}
    found = [
        Finding.of(doubt, document.line(doubt.path), answers.get(doubt.code))
        for rule in RULES
        for doubt in rule(process)
    ]
    return sorted(found, key=lambda finding: (finding.line, finding.code))
