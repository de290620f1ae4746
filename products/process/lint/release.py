"""Branches, versions, reviews and tags that cannot all be kept, or that nobody asked for."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from products.process.lint.finding import Doubt
from products.process.schema.base import placeholders
from products.process.schema.document import ProcessDocument
from products.vocabulary import Origin


def fast_forward_from_a_tag(process: ProcessDocument) -> Iterator[Doubt]:
    """C1."""
    policy = process.policy
    if policy and policy.merge == "ff-only" and policy.cut_from == "base_tag":
        yield Doubt(
            "C1",
            ("policy", "merge"),
            _("The branch starts at the production tag and is merged by fast-forward only."),
            _(
                "Both hold only while {main} stands on that tag: one unreleased commit there, and the merge is refused."
            ).format(main=policy.main),
            _("Choose `merge` or `forward-port`, or say what happens when it is refused."),
        )


def number_for_a_version(process: ProcessDocument) -> Iterator[Doubt]:
    """C7."""
    policy = process.policy
    if policy and policy.branch_written and "PATCH+1" in policy.branch_written:
        yield Doubt(
            "C7",
            ("policy", "branch_written"),
            _("{written} names a number where a whole version is meant.").format(
                written=policy.branch_written
            ),
            _("Two people make two names, and the script that looks for one does not find the other."),
            _("Write the version out, as `{new}`."),
        )


def label_that_no_command_sets(process: ProcessDocument) -> Iterator[Doubt]:
    """C9."""
    label = process.policy.review.label if process.policy and process.policy.review else None
    commands = [
        command for step in process.steps for command in step.commands if command.origin == Origin.SOURCE
    ]
    creating = [
        command for command in commands if "gh pr create" in command.run or "merge_request" in command.run
    ]
    if label and creating and not any(label in command.run.replace("**", "").split() for command in creating):
        yield Doubt(
            "C9",
            ("policy", "review", "label"),
            _("The review is to carry {label}, and the command that opens it sets no label.").format(
                label=label
            ),
            _("Who looks for urgent work by its label does not see it."),
            _("Add the label to the command, or a command that adds it."),
        )


def rules_nobody_made(process: ProcessDocument) -> Iterator[Doubt]:
    """C12."""
    policy = process.policy
    if policy is None or not policy.branch:
        return
    silent = [
        name
        for name, said in (
            (_("where the branch starts"), policy.cut_from),
            (_("whether the tag is annotated"), policy.annotated),
            (_("how it is merged"), None if policy.merge == "any" else policy.merge),
        )
        if said is None
    ]
    if silent:
        yield Doubt(
            "C12",
            ("policy",),
            _("The process does not say {what}.").format(what=", ".join(silent)),
            _("What is not said is not checked, and looks as if it had been."),
            _("Add the rule, or say that there is none."),
        )


def patch_and_build(process: ProcessDocument) -> Iterator[Doubt]:
    """C13."""
    policy = process.policy
    if policy and policy.bump == "patch" and policy.build:
        yield Doubt(
            "C13",
            ("policy", "build"),
            _("Only the last part of the version may change, and the build number changes too."),
            _("A check that takes the rule at its word refuses every mobile release."),
            _("Say that the build number is no part of the version."),
        )


def name_without_the_version(process: ProcessDocument) -> Iterator[Doubt]:
    """N5."""
    for field, text in (
        ("branch", process.policy and process.policy.branch),
        ("tag", process.policy and process.policy.tag),
    ):
        if text and "new" not in placeholders(text):
            yield Doubt(
                "N5",
                ("policy", field),
                _("{text} has no {{new}} in it.").format(text=text),
                _("The second hotfix would get the name of the first."),
                _("Add `{new}` to the pattern."),
            )


def changes_without_review(process: ProcessDocument) -> Iterator[Doubt]:
    """N6."""
    policy = process.policy
    if policy and policy.branch and not (policy.review and policy.review.approvals):
        yield Doubt(
            "N6",
            ("policy",),
            _("Nobody has to approve a change."),
            _("What is made in a hurry at night goes out with nobody else having read it."),
            _("Set `review: {approvals: 1}`."),
        )
