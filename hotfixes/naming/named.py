"""What the branch and the tags of a hotfix are called: by the policy, unless a person picked another name (K20–K22)."""

from hotfixes import patterns
from hotfixes.checks import Context
from hotfixes.git.unreadable import NOWHERE
from hotfixes.models import Hotfix


def context(hotfix: Hotfix) -> Context:
    """The names alone: a context that reads nothing."""
    return Context(
        policy=hotfix.rules,
        reader=NOWHERE,
        old=hotfix.old_version,
        new=hotfix.new_version,
        product=hotfix.called,
        branch=hotfix.branch,
        base_tag=hotfix.base_tag,
        values={"slug": hotfix.slug, "issue": hotfix.incident.title, "incident": hotfix.incident.ref},
        component=hotfix.component,
    )


def branch(hotfix: Hotfix) -> str:
    """Its short name; what is not known stays as `[new]`. Empty where the process names none."""
    if hotfix.branch:
        return hotfix.branch
    pattern = hotfix.rules.branch
    return context(hotfix).filled(pattern) if pattern else ""


def tag(hotfix: Hotfix) -> str:
    return context(hotfix).tag_name


def base_tag(hotfix: Hotfix) -> str:
    return context(hotfix).base_name


def complete(name: str) -> bool:
    """Whether nothing in a name is still to be filled in."""
    return bool(name) and not patterns.names(name.replace("[", "{").replace("]", "}"))
