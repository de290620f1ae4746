"""Which pull request is this hotfix's, and what to say when the forge says nothing."""

from typing import Final

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.shapes import Next, Result, unknown
from hotfixes.forges.shapes import Kind, Part, Pull, Reading
from hotfixes.git import names
from hotfixes.git.trouble import GitError

_ORDER: Final = {"open": 0, "merged": 1, "closed": 2}


def branch(context: Context) -> str:
    """The branch's short name, as agreed while there is none."""
    return context.branch_name.removeprefix(names.HEADS) or context.filled(context.policy.branch or "")


def pull_of(context: Context, reading: Reading) -> Pull | None:
    """Of those from our branch: the one into main first, then the open one, then the newest. One from a fork is not
    ours, whatever its branch is called; one that ended with other commits was an earlier use of the name.
    """
    name = branch(context)
    ours = [pull for pull in reading.pulls if pull.head_name == name and not pull.fork]
    current = [one for one in ours if one.state == "open" or was_seen(context, one) or _goes_on(context, one)]

    def rank(pull: Pull) -> tuple[bool, int, int]:
        return pull.base_name != context.policy.main, _ORDER.get(pull.state, 3), -pull.number

    return min(current, key=rank, default=None)


def was_seen(context: Context, pull: Pull) -> bool:
    """Whether its head is a commit at which the branch was seen."""
    return pull.head in {context.tip, *(seen.commit for seen in context.sightings)}


def _goes_on(context: Context, pull: Pull) -> bool:
    """Pushed, merged and deleted between two looks: what we saw of the branch, or all of it, is in main by its head."""
    start = context.tip or context.base
    if not pull.head or start is None or context.main is None or pull.head == context.base:
        return False
    try:
        return context.reader.is_ancestor(start, pull.head) and context.reader.is_ancestor(
            pull.head, context.main
        )
    except GitError:
        return False


def silence(context: Context, *parts: Part) -> Result | None:
    """Why the forge cannot be asked about these parts; None when it can."""
    if context.forge_trouble:
        return unknown(
            _("Can't tell: %s") % context.forge_trouble,
            then=Next(_("It is asked again by itself. Who has seen it may attest it.")),
        )
    if context.forge is None:
        return unknown(
            _("Can't tell: only a forge shows this, and none is connected."),
            then=Next(
                _(
                    "Who has seen it attests it. Where there is a forge, a token on the product's page lets "
                    "Nightdesk see it."
                )
            ),
        )
    if why := context.forge.why_unread(*parts):
        then = Next(_("Give the token the right to read it, or attest it."))
        return unknown(_("Can't tell: %s") % why, then=then)
    return None


def noun(context: Context) -> str:
    """As the forge calls it."""
    gitlab = context.forge is not None and context.forge.kind == Kind.GITLAB
    return _("merge request") if gitlab else _("pull request")


def shown(context: Context, pull: Pull) -> str:
    """`#12`, GitLab's `!12`."""
    gitlab = context.forge is not None and context.forge.kind == Kind.GITLAB
    return f"{'!' if gitlab else '#'}{pull.number}"


def is_github(context: Context) -> bool:
    """Where `gh` helps."""
    return context.forge is not None and context.forge.kind == Kind.GITHUB


def line(context: Context, pull: Pull) -> str:
    return f"{shown(context, pull)} {pull.title[:120]} {pull.url}".strip()
