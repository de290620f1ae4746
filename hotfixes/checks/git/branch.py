"""Is the branch named as agreed (A21, K22), and on the remote (K39)?"""

from shlex import quote

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.shapes import Next, Result, failed, not_needed, passed, pending, short, unknown
from hotfixes.checks.which_branch import recognised
from hotfixes.git import names


def branch_name(context: Context) -> Result:
    pattern = context.policy.branch
    if not pattern:
        return not_needed(_("The process does not say how the branch is named."))
    agreed = context.filled(pattern)
    name = context.branch_name
    if not name or not (context.tip or context.sightings):
        if context.tag:
            return unknown(_("Can't tell: the tag is there, but the branch was never seen."))
        commands = _begin(agreed, context.base_name)
        return pending(
            _("No branch %s has been pushed yet.") % agreed,
            then=Next(_("Create the branch and push it."), commands),
            expected=agreed,
        )
    found = name.removeprefix(names.HEADS)
    if recognised(context, name):
        return passed(_("The branch is named as agreed: %s.") % found, short(context.tip), branch=found)
    words = {"found": found, "agreed": agreed}
    old, new = quote(found), quote(agreed)
    return failed(
        _("The branch is named %(found)s; it should be %(agreed)s.") % words,
        short(context.tip),
        then=Next(
            _("Rename it."),
            (
                f"git branch -m {old} {new}",
                f"git push origin -u {new}",
                f"git push origin --delete {old}",
            ),
        ),
        branch=found,
        expected=agreed,
    )


def no_tree(context: Context) -> Result:
    """Of a check that reads files, while there is no commit to read them from."""
    if context.tag:
        return pending(_("The tag %s does not name a commit, so it has no files.") % context.tag_name)
    return pending(_("There is no branch yet."))


def _begin(branch: str, base: str) -> tuple[str, str]:
    start = f" {quote(base)}" if base else ""
    return f"git checkout -b {quote(branch)}{start}", f"git push origin {quote(branch)}"
