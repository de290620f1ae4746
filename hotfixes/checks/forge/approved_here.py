"""Has somebody else approved exactly the branch's last commit, in Nightdesk (K87, K95)? For repositories without a
forge; an approval of an earlier commit counts nothing.
"""

from typing import Any, Final

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.shapes import Next, Result, failed, listed, passed, pending, short, unknown
from hotfixes.forges.moments import written
from products.process.schema.policy import ReviewSpec
from products.vocabulary import EventKind

MAX_FILES: Final = 100
MAX_SUBJECTS: Final = 20


def approved_here(context: Context, spec: ReviewSpec) -> Result:
    if context.tip is None:
        return pending(_("There is no branch to approve yet."))
    if context.own is None or context.root is None:
        return unknown(_("Can't tell which changes are the fix: the branch was never seen beside main."))
    if not context.worked:
        return pending(_("There is no fix on the branch yet."))
    wrote = {
        word.casefold() for one in context.own.commits for who in (one.author, one.committer)
        for word in (who.name, who.email) if word
    }  # fmt: skip
    good = [one for one in context.approvals if one.head == context.tip and not one.words & wrote]
    facts = {**_change(context), "approved_by": [one.by for one in good],
             "approved_at": max((written(one.at) for one in good), default=None)}  # fmt: skip
    proof = [f"{written(one.at)} {one.by}: approved {short(one.head)}" for one in context.approvals]
    head = short(context.tip)
    if len(good) >= (spec.approvals or 0):
        words = {"who": listed([one.by for one in good]), "head": head}
        return passed(_("%(who)s approved %(head)s, the branch's last commit.") % words, *proof, **facts)
    if context.released and not context.approvals:
        said = _("Can't tell: it is released, no forge is connected, and nobody approved it here.")
        return unknown(said, then=Next(_("Who has seen an approval attests it, and says where.")), **facts)
    if not context.approvals and not any(one.kind == EventKind.REVIEW_REQUESTED for one in context.told):
        # Nothing can tell of a review before people do: they are asked for that first.
        said = _("Can't tell: no forge is connected. Somebody else may read and approve %s here.") % head
        return unknown(
            said, then=Next(_("Ask for a review; or attest it: who has seen it says so.")), **facts
        )
    then = Next(_("Ask somebody who did not write it to read the change and approve it here."))
    old = [one for one in context.approvals if one.head != context.tip]
    if old and not good:
        words = {"who": old[-1].by, "old": short(old[-1].head), "head": head}
        said = _("%(who)s approved %(old)s; the branch has gone on to %(head)s since.") % words
        return failed(said, *proof, then=then, **facts)
    if good:
        counted = {"n": len(good), "of": spec.approvals, "head": head}
        return pending(_("%(n)s of %(of)s approvals of %(head)s.") % counted, *proof, then=then, **facts)
    return pending(_("Nobody has approved %(head)s yet.") % {"head": head}, *proof, then=then, **facts)


def _change(context: Context) -> dict[str, Any]:
    """What a reader sees of it before they approve; the names are hotfixes/approving/approve.py's."""
    assert context.root
    assert context.tip
    assert context.own
    files = context.reader.diff(context.root, context.tip).files
    listed_: list[dict[str, Any]] = [
        {"path": one.path[:300], "added": one.added, "deleted": one.deleted} for one in files[:MAX_FILES]
    ]
    return {
        "here": True,
        "head": context.tip,
        "base": context.root,
        "branch": context.branch_name,
        "count": len(files),
        "lines": sum((one.added or 0) + (one.deleted or 0) for one in files),
        "files": listed_,
        "subjects": [one.subject[:200] for one in context.own.commits[:MAX_SUBJECTS]],
    }
