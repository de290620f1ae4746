"""The audit of a mirror: its last production tags, each judged by what its history still proves. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from hotfixes import patterns
from hotfixes.audit import contents, releases
from hotfixes.audit.released import Released
from hotfixes.audit.releases import Tagged
from hotfixes.audit.shapes import CHECKS, Audit, Kind, Release
from hotfixes.checks.remembering import Remembering
from hotfixes.checks.shapes import Result, Verdict, short, unknown
from hotfixes.git import names
from hotfixes.git.names import BadName
from hotfixes.git.reader import GitReader, Ref, Refs
from hotfixes.git.trouble import GitError
from hotfixes.patterns import BadPattern
from products.process.schema.policy import PolicySpec

MAX_RELEASES = 50
MAX_PROOF = 12
# In more commits than these a line that marks a hotfix may be anybody's.
FEW = 10

type Tell = Callable[[int, int], object]


def audit(
    reader: GitReader,
    policy: PolicySpec,
    *,
    refs: Refs | None = None,
    product: str = "",
    limit: int = 20,
    default_branch: str = "",
    tell: Tell = lambda _done, _all: None,
) -> Audit:
    """The last `limit` production tags with verdicts. `tell(done, all)` is called after each release.

    `refs`: where an update has just read them. `product`: only its tags, and its name where no tag says it.
    `default_branch`: full name of what the remote calls its own, used where the policy's main branch is not there.
    Raises GitError when the refs cannot be read, and BadPattern.
    """
    read = Remembering(reader)
    refs = refs or read.refs()
    policy, notes = _looked_at(policy, refs, default_branch)
    pattern = releases.pattern_of(policy, refs)
    policy = policy.model_copy(update={"tag": pattern})
    tags = releases.dated(releases.recognised(pattern, refs, product), read)
    auditing = _Auditing(read, policy, refs, tags)
    found = []
    chosen = releases.latest(tags, min(limit, MAX_RELEASES))
    for done, tag in enumerate(chosen, start=1):
        found.append(auditing.release(tag))
        tell(done, len(chosen))
    suggested, examples = ("", ()) if tags else releases.suggested(pattern, refs)
    return Audit(
        releases=tuple(found),
        tags=sum(ref.is_tag for ref in refs.by_name.values()),
        recognised=len(tags),
        pattern=pattern,
        main=policy.main if names.HEADS + policy.main in refs.by_name else "",
        suggested=suggested,
        examples=examples,
        notes=tuple(notes),
    )


def _looked_at(policy: PolicySpec, refs: Refs, default_branch: str) -> tuple[PolicySpec, list[str]]:
    """The policy with the main branch that is there, and in words what is looked at instead and what is left out."""
    notes = []
    if names.HEADS + policy.main not in refs.by_name and default_branch in refs.by_name:
        words = {"main": policy.main, "found": refs.by_name[default_branch].short}
        notes.append(_("There is no branch %(main)s; %(found)s is looked at instead.") % words)
        policy = policy.model_copy(update={"main": words["found"]})
    if refs.unreadable:
        notes.append(_("Left out, because their names are not UTF-8: %s.") % refs.unreadable)
    return policy, notes


@dataclass(frozen=True)
class _Auditing:
    """What all releases of one audit share."""

    reader: GitReader
    policy: PolicySpec
    refs: Refs
    tags: list[Tagged]

    def release(self, tag: Tagged) -> Release:
        try:
            base = releases.predecessor(tag, self.tags, self.reader)
        except GitError as problem:
            return self._released(tag, None, Kind.NORMAL, problem.sentence, {}, problem)
        if base is None:
            context = self._context(tag, None)
            why = _("There is no production tag before it.")
            return self._released(tag, None, Kind.FIRST, why, _milder(_judged(context, contents.NORMAL)))
        context = self._context(tag, base)
        kind, why = _kind(context, tag, base)
        checks = contents.HOTFIX if kind is Kind.HOTFIX else contents.NORMAL
        results = _judged(context, checks)
        if kind is Kind.NORMAL:
            results = _milder(results)
        return self._released(tag, base, kind, why, results)

    def _context(self, tag: Tagged, base: Tagged | None) -> Released:
        branches = releases.hotfix_branches(self.policy, self.refs)
        kept: Ref | None = branches.get((tag.product, tag.version)) or branches.get(("", tag.version))
        return Released(
            policy=self.policy,
            reader=self.reader,
            old=base.version if base else "",
            new=tag.version,
            product=tag.product,
            base_tag=base.short if base else "",
            values=tag.words,
            refs=self.refs.by_name,
            name=tag.short,
            kept_branch=kept,
        )

    def _released(
        self,
        tag: Tagged,
        base: Tagged | None,
        kind: Kind,
        why: str,
        results: Mapping[str, Result],
        problem: GitError | None = None,
    ) -> Release:
        if problem:
            results = dict.fromkeys(CHECKS, unknown(_("Can't tell: %s") % problem.sentence))
        return Release(
            tag=tag.short,
            version=tag.version,
            product=tag.product,
            kind=kind,
            why=why,
            base=base.short if base else "",
            commit=tag.ref.commit or "",
            at=tag.at,
            results={key: results[key] for key in CHECKS},
        )


def _judged(context: Released, checks: Mapping[str, contents.Check]) -> dict[str, Result]:
    return {key: _one(check, context) for key, check in checks.items()}


def _one(check: contents.Check, context: Released) -> Result:
    """What is still to come in a hotfix under way never comes in one that is released: nobody can tell."""
    try:
        found = check(context)
    except GitError as problem:
        return unknown(_("Can't tell: %s") % problem.sentence, *filter(None, [problem.detail]))
    except (BadPattern, BadName) as problem:
        said = _("Can't tell: a name or pattern of the process cannot be used.")
        return unknown(said, str(problem)[:200])
    verdict = Verdict.UNKNOWN if found.verdict is Verdict.PENDING else found.verdict
    return replace(found, verdict=verdict, proof=found.proof[:MAX_PROOF], next=None)


def _milder(results: Mapping[str, Result]) -> dict[str, Result]:
    """The process speaks of hotfixes: what an ordinary release does otherwise is worth a look, not wrong."""
    return {
        key: replace(result, verdict=Verdict.WARN) if result.verdict is Verdict.FAIL else result
        for key, result in results.items()
    }


def _kind(context: Released, tag: Tagged, base: Tagged) -> tuple[Kind, str]:
    """By the number; a hotfix that raised the wrong one is known by what says that it is one."""
    new, old = ((*one.numbers, 0, 0, 0)[:4] for one in (tag, base))
    words = {"old": base.version, "new": tag.version}
    place = next((n for n in range(4) if new[n] != old[n]), 3)
    if place >= 2:
        return Kind.HOTFIX, _("%(old)s → %(new)s: only the last number was raised.") % words
    if sign := _sign(context):
        return Kind.HOTFIX, sign
    part = "MINOR" if place == 1 else "MAJOR"
    return Kind.NORMAL, _("%(old)s → %(new)s raises %(part)s.") % {**words, "part": part}


def _sign(context: Released) -> str:
    """What calls a release a hotfix, whatever its number, in words; "" for nothing."""
    message, tag = context.policy.tag_message or "", context.tag
    if tag and tag.annotated and "hotfix" in message.casefold():
        found = patterns.recognised(message, tag.subject)
        if found is not None:
            return _("The tag's message says so: “%s”.") % tag.subject[:120]
    if context.kept_branch:
        return _("There is a branch %s.") % context.kept_branch.short
    parts = context.policy.commit.parts if context.policy.commit else []
    lines = {part.text.strip() for part in parts if part.text}
    try:
        log = context.own
    except GitError:
        return ""
    if not lines or log is None or log.more or len(log.commits) > FEW:
        return ""
    for commit in log.commits:
        if lines & {line.strip() for line in commit.message.split("\n")}:
            return _("Commit %s says so.") % short(commit.id)
    return ""
