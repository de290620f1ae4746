"""Messages that say too much or are missing, ways back that nobody described."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from products.process.lint.finding import Doubt
from products.process.schema.document import ProcessDocument
from products.vocabulary import EventKind, Origin


def verified_before_it_can_be(process: ProcessDocument) -> Iterator[Doubt]:
    """C11."""
    for number, message in enumerate(process.messages):
        claims = {line.claim for line in message.body}
        if (
            "deployed_and_verified" in claims
            and message.when.event == EventKind.DEPLOYED
            and not message.when.delay
        ):
            yield Doubt(
                "C11",
                ("messages", number, "when"),
                _("“{title}” goes out at the deployment and says “verified”.").format(title=message.title),
                _("Nobody can have verified it yet."),
                _("Send it after the smoke tests: `not_before: smoke_passed`."),
            )


def rollback_chosen_but_not_described(process: ProcessDocument) -> Iterator[Doubt]:
    """C15."""
    rollback = process.rollback
    if rollback and rollback.approved_by and rollback.origin == Origin.SOURCE:
        deciding = {role.key for role in process.roles if role.decides and role.origin == Origin.SOURCE}
        described = [option for option in rollback.options if option.origin == Origin.SOURCE]
        if rollback.approved_by in deciding and not described:
            yield Doubt(
                "C15",
                ("rollback", "options"),
                _("A rollback may be chosen, and the source describes none."),
                _("The choice is offered at night, and then nobody knows how."),
                _("Describe each way back: steps, what happens to data, what users must do."),
            )


def rollback_without_people(process: ProcessDocument) -> Iterator[Doubt]:
    """C16."""
    described = process.rollback and any(
        option.origin == Origin.SOURCE for option in process.rollback.options
    )
    missing = [
        what
        for what, there in (
            (_("who decides"), any(role.decides and role.origin == Origin.SOURCE for role in process.roles)),
            (_("a watch"), process.watch and process.watch.origin == Origin.SOURCE),
            (_("a message to users"), any(message.origin == Origin.SOURCE for message in process.messages)),
            (_("a postmortem"), process.postmortem and process.postmortem.origin == Origin.SOURCE),
        )
        if not there
    ]
    if described and missing:
        yield Doubt(
            "C16",
            ("rollback",),
            _("A rollback is described, and the source does not say {what}.").format(what=", ".join(missing)),
            _("The way back is known and nobody is the one to take it."),
            _("Add what is missing, or keep the house defaults."),
        )


def told_twice_the_same(process: ProcessDocument) -> Iterator[Doubt]:
    """C17."""
    planned = [
        number
        for number, mark in enumerate(process.marks)
        if {EventKind.RESOLVED} & {event for what in mark.what for event in what.events}
        and any(event.startswith(EventKind.MESSAGE_SENT) for what in mark.what for event in what.events)
    ]
    written = any(
        message.when.event == EventKind.RESOLVED and message.origin == Origin.SOURCE
        for message in process.messages
    )
    early = any(
        line.claim == "restored"
        for message in process.messages
        for line in message.body
        if message.when.event == EventKind.DEPLOYED and not message.when.delay
    )
    for number in planned:
        if not written:
            yield Doubt(
                "C17",
                ("marks", number),
                _("People are to be told at “resolved”, and no message is written for it.")
                + (" " + _("An earlier one already says “restored”.") if early else ""),
                _("They hear it too early, or not at all."),
                _("Write a message for `event: resolved`."),
            )


def way_back_without_steps(process: ProcessDocument) -> Iterator[Doubt]:
    """N12."""
    for number, option in enumerate(process.rollback.options if process.rollback else []):
        if not option.steps and not option.commands:
            yield Doubt(
                "N12",
                ("rollback", "options", number),
                _("“{title}” has no steps.").format(title=option.title),
                _("It looks like a way back and is only a name."),
                _("Write down what to do, in order."),
            )


def data_unknown(process: ProcessDocument) -> Iterator[Doubt]:
    """N13."""
    for number, option in enumerate(process.rollback.options if process.rollback else []):
        if option.data_preserved == "unknown":
            yield Doubt(
                "N13",
                ("rollback", "options", number, "data_preserved"),
                _("Nobody has said what “{title}” does to users' data.").format(title=option.title),
                _("The decision is made without the fact that matters most."),
                _("Try it, and write down yes or no."),
            )


def nothing_learnt(process: ProcessDocument) -> Iterator[Doubt]:
    """N14."""
    if process.postmortem is None:
        yield Doubt(
            "N14",
            (),
            _("There is no postmortem."),
            _("The same incident comes back."),
            _("Add `postmortem` with the questions you want answered."),
        )
