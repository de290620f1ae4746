"""Has somebody else approved exactly what is merged (K87, K95, K107)?

The approval must name the branch's last commit, and that commit must have been seen on the branch before it was given:
on some forges an approval's commit follows a forced push.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.forge.approved_here import approved_here
from hotfixes.checks.forge.people import Authors, authors, last_words
from hotfixes.checks.forge.which_pull import is_github, line, noun, pull_of, shown, silence, was_seen
from hotfixes.checks.shapes import (
    Next,
    Result,
    failed,
    listed,
    not_needed,
    passed,
    pending,
    short,
    stated,
    unknown,
    warned,
)
from hotfixes.forges.moments import written
from hotfixes.forges.shapes import Part, Pull, Review
from products.process.schema.policy import ReviewSpec


@dataclass
class _Sorted:
    """The last word of everybody, by what it is worth."""

    good: list[Review] = field(default_factory=list)
    by_self: list[Review] = field(default_factory=list)
    by_bot: list[Review] = field(default_factory=list)
    outdated: list[Review] = field(default_factory=list)
    unproven: list[Review] = field(default_factory=list)
    against: list[Review] = field(default_factory=list)
    revoked: list[Review] = field(default_factory=list)


def approval(context: Context) -> Result:
    spec = context.policy.review
    if spec is None or not spec.approvals:
        return not_needed(_("The process does not ask for an approval."))
    if context.approves_here:
        return approved_here(context, spec)
    if silent := silence(context, Part.PULLS, Part.REVIEWS, Part.COMMITS):
        return silent
    assert context.forge is not None
    pull = pull_of(context, context.forge)
    if pull is None:
        return _unasked(context)
    if context.tip is None:
        return unknown(_("Can't tell: the branch was never seen, so nobody knows which commit is the fix."))
    if not was_seen(context, pull):
        words = {"shown": shown(context, pull), "new": short(pull.head), "head": short(context.tip)}
        said = _("Can't tell: %(shown)s is at %(new)s, and the branch was last seen at %(head)s.") % words
        return unknown(
            said, line(context, pull), then=_ask(context, pull), **_facts(context, pull, _Sorted())
        )
    wrote = authors(context, pull)
    found = _sorted(context, spec, last_words(context.forge.reviews, pull), wrote)
    if found.good and not wrote.known:
        return unknown(_("Can't tell who wrote the commits, and so not whether somebody else approved them."))
    if len(found.good) >= spec.approvals:
        return _given(context, pull, found)
    if not spec.not_by_author and len(found.good) + len(found.by_self) >= spec.approvals:
        return _alone(context, pull, found)
    return _lacking(context, spec, pull, found)


def _sorted(context: Context, spec: ReviewSpec, reviews: list[Review], wrote: Authors) -> _Sorted:
    found = _Sorted()
    for review in reviews:
        _place(context, spec, review, wrote, found).append(review)
    return found


def _place(
    context: Context, spec: ReviewSpec, review: Review, wrote: Authors, found: _Sorted
) -> list[Review]:
    if review.state != "approved":
        return found.against if review.state == "changes_requested" else found.revoked
    if review.bot:
        return found.by_bot
    final = not spec.on_final_head or review.commit == context.tip
    if not final:
        return found.outdated if review.commit else found.unproven
    if spec.on_final_head and not _stood_there(context, review):
        return found.unproven
    return found.by_self if wrote.include(review) else found.good


def _stood_there(context: Context, review: Review) -> bool:
    """Whether the branch was at this commit before the approval, and at nothing else between: as we saw it, or as the
    forge's own log of pushes has it, where it keeps one.
    """
    if review.at is None:
        return False
    name, pushes = context.branch_name, context.forge.pushes if context.forge else ()
    stood = [(seen.seen_at, seen.commit or "") for seen in context.history(name)]
    stood += [(push.at, push.after) for push in pushes if push.at and push.ref == name]
    before = [one for one in stood if one[0] <= review.at]
    return bool(before) and max(before)[1] == review.commit


def _given(context: Context, pull: Pull, found: _Sorted) -> Result:
    words = {"who": listed([one.by for one in found.good]), "head": short(context.tip)}
    facts = _facts(context, pull, found)
    proof = [line(context, pull), *(_line(one) for one in [*found.good, *found.against])]
    if found.against:
        words["other"] = listed([one.by for one in found.against])
        said = _("%(who)s approved %(head)s, but %(other)s asks for changes.") % words
        return warned(said, *proof, then=Next(_("Settle it with them before it goes on.")), **facts)
    late = _merged_at_first_sight(context, pull)
    if late and all(one.at and one.at > late for one in found.good):
        said = _("%(who)s approved %(head)s only after it was merged.") % words
        return warned(said, *proof, then=Next(_("Say in the report why it could not wait.")), **facts)
    again = [one.by for one in found.good if one.by in pull.reviewers_asked]
    proof += [_("Asked to look again: %s") % listed(again)] if again else []
    return passed(_("%(who)s approved %(head)s, the branch's last commit.") % words, *proof, **facts)


def _alone(context: Context, pull: Pull, found: _Sorted) -> Result:
    """A team of one: said aloud, and never called approved."""
    said = _("Self-reviewed by %s: nobody else has looked at it.") % listed([one.by for one in found.by_self])
    proof = [line(context, pull), *(_line(one) for one in found.by_self)]
    return stated(said, *proof, self_reviewed=True, **_facts(context, pull, found))


def _lacking(context: Context, spec: ReviewSpec, pull: Pull, found: _Sorted) -> Result:
    every = [*found.good, *found.outdated, *found.unproven, *found.against, *found.by_self, *found.by_bot]
    proof = [line(context, pull), *(_line(one) for one in [*every, *found.revoked])]
    facts = _facts(context, pull, found)
    then = _ask(context, pull)
    head = short(context.tip)
    if found.against:
        said = _("%s asks for changes.") % listed([one.by for one in found.against])
        return failed(said, *proof, then=Next(_("Make them, push, and ask again.")), **facts)
    if found.outdated:
        old = found.outdated[-1]
        words = {"who": old.by, "old": short(old.commit), "head": head}
        said = _("%(who)s approved %(old)s; the branch has gone on to %(head)s since.") % words
        return failed(said, *proof, then=then, **facts)
    if found.unproven:
        return _unproven(context, found.unproven[-1], proof, then, facts)
    if found.revoked and not found.good:
        said = _("The review by %s was taken back: it counts no more.") % listed(
            [one.by for one in found.revoked]
        )
        return failed(said, *proof, then=then, **facts)
    if context.released:
        said = _("It is released without the approval of somebody who did not write it.")
        late = Next(_("Have it looked at now, attest it, and say in the report why it could not wait."))
        return failed(said, *proof, then=late, **facts)
    return pending(_so_far(spec, found, head), *proof, then=then, **facts)


def _unproven(
    context: Context, review: Review, proof: list[str], then: Next, facts: dict[str, Any]
) -> Result:
    seen = next((one for one in context.history(context.branch_name) if one.commit == context.tip), None)
    words = {"who": review.by, "head": short(context.tip), "seen": written(seen.seen_at) if seen else "–"}
    said = (
        _(
            "Can't tell what %(who)s approved: %(head)s was first seen on the branch at %(seen)s, after the approval."
        )
        if review.commit
        else _("Can't tell which commit %(who)s approved.")
    )
    return unknown(said % words, *proof, then=then, **facts)


def _so_far(spec: ReviewSpec, found: _Sorted, head: str) -> str:
    if found.by_self:
        who = listed([one.by for one in found.by_self])
        return _("%s approved what they wrote themselves; it takes somebody else.") % who
    if found.by_bot:
        return _("Only %s approved it, and that is a machine.") % listed([one.by for one in found.by_bot])
    words = {"n": len(found.good), "of": spec.approvals, "head": head}
    if found.good:
        return _("%(n)s of %(of)s approvals of %(head)s.") % words
    return _("Nobody has approved %(head)s yet.") % words


def _unasked(context: Context) -> Result:
    words = {"noun": noun(context)}
    if context.released:
        said = _("It is released, and there was no %(noun)s that anybody could approve.") % words
        return failed(said, then=Next(_("Have it looked at now, attest it, and say in the report why.")))
    return pending(_("There is no %(noun)s to approve yet.") % words)


def _merged_at_first_sight(context: Context, pull: Pull) -> Any:
    """When main was first seen with the tip. What the forge calls merged counts only where git has it too."""
    if not context.main or not context.tip or not context.reader.is_ancestor(context.tip, context.main):
        return None
    for seen in context.history(context.main_name):
        if seen.commit and context.reader.is_ancestor(context.tip, seen.commit):
            return min(seen.seen_at, pull.merged_at) if pull.merged_at else seen.seen_at
    return None


def _ask(context: Context, pull: Pull) -> Next:
    text = _("Ask somebody who did not write it to approve %(shown)s as it is now.") % {
        "shown": shown(context, pull)
    }
    return Next(text, (f"gh pr view {pull.number} --web",) if is_github(context) else ())


def _line(review: Review) -> str:
    at = written(review.at) if review.at else "–"
    return f"{at} {review.by}: {review.state.replace('_', ' ')} {short(review.commit)}".strip()


def _facts(context: Context, pull: Pull, found: _Sorted) -> dict[str, Any]:
    return {
        "number": pull.number,
        "url": pull.url,
        "head": context.tip,
        "approved_by": [one.by for one in found.good],
        "approved_at": max((written(one.at) for one in found.good if one.at), default=None),
    }
