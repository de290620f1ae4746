"""Roles nobody fills, names that differ, things only people can check."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from products.process.lint.finding import Doubt
from products.process.schema.document import ProcessDocument


def one_product_many_names(process: ProcessDocument) -> Iterator[Doubt]:
    """C8."""
    for number, product in enumerate(process.setup.products):
        names = [product.name, *product.aliases, *([product.tag_name] if product.tag_name else [])]
        if len(names) > 1:
            yield Doubt(
                "C8",
                ("setup", "products", number),
                _("{names} are one product.").format(names=", ".join(names)),
                _("Search, scripts and people use different names for it and miss each other."),
                _("Take one as the name and the rest as aliases."),
            )


def box_without_a_step(process: ProcessDocument) -> Iterator[Doubt]:
    """C10."""
    for number, item in enumerate(process.checklist.items if process.checklist else []):
        if item.step is None and process.steps:
            yield Doubt(
                "C10",
                ("checklist", "items", number),
                _("“{title}” is on the checklist and in no step.").format(title=item.title),
                _("Who goes through the steps never comes to it."),
                _("Add a step, or say when it is done."),
            )


def files_elsewhere(process: ProcessDocument) -> Iterator[Doubt]:
    """C18."""
    for number, monitor in enumerate(process.setup.monitors):
        if monitor.target.startswith("/"):
            yield Doubt(
                "C18",
                ("setup", "monitors", number, "target"),
                _("{target} is a file on a host of yours.").format(target=monitor.target),
                _("Nightdesk cannot read it over the network; it would be “can't tell” for ever."),
                _("Run the script nightdesk-push on that host."),
            )


def nobody_is_told(process: ProcessDocument) -> Iterator[Doubt]:
    """N7: a role without a contact."""
    told = {contact.role for contact in process.contacts.tell}
    for number, role in enumerate(process.roles):
        if role.needed and role.key not in told:
            yield Doubt(
                "N7",
                ("roles", number),
                _("Nobody tells the {label}.").format(label=role.label),
                _("The one who is needed hears of it last."),
                _("Add the role to `contacts: tell`."),
            )


def nobody_can_verify(process: ProcessDocument) -> Iterator[Doubt]:
    """N8: an item that only a person can tick."""
    for number, item in enumerate(process.checklist.items if process.checklist else []):
        if item.check is None and not item.done_on:
            yield Doubt(
                "N8",
                ("checklist", "items", number),
                _("Nothing can show that “{title}” is done.").format(title=item.title),
                _("It is ticked from memory, or not at all."),
                _("Name a check, or leave it to somebody's word."),
            )


def nobody_decides(process: ProcessDocument) -> Iterator[Doubt]:
    """N9."""
    if process.roles and not any(role.decides for role in process.roles):
        yield Doubt(
            "N9",
            ("roles",),
            _("No role decides."),
            _("Hotfix or rollback is then nobody's choice, at the moment when it costs most."),
            _("Mark one role with `decides: true`."),
        )


def decider_without_deputy(process: ProcessDocument) -> Iterator[Doubt]:
    """N10."""
    for number, role in enumerate(process.roles):
        if role.decides and not role.deputies:
            yield Doubt(
                "N10",
                ("roles", number),
                _("The {label} decides and has no deputy here.").format(label=role.label),
                _("When the one person sleeps, nothing is decided."),
                _("Name `deputies`, or list several people for the role on each product."),
            )


def step_without_a_role(process: ProcessDocument) -> Iterator[Doubt]:
    """N11."""
    for number, step in enumerate(process.steps):
        if step.role is None and process.roles:
            yield Doubt(
                "N11",
                ("steps", number),
                _("“{title}” is nobody's step.").format(title=step.title),
                _("Everybody thinks that somebody else does it."),
                _("Give it a `role`."),
            )
