"""Has a review been asked for, marked urgent, and does the request say what it must (K40–K46, K106)?"""

import re
from shlex import quote

from django.utils.translation import gettext as _

from hotfixes import patterns
from hotfixes.checks.context import Context
from hotfixes.checks.forge.which_pull import branch, is_github, line, noun, pull_of, shown, silence
from hotfixes.checks.git.written import is_filled, part
from hotfixes.checks.shapes import Next, Result, failed, listed, not_needed, passed, pending
from hotfixes.forges.moments import written
from hotfixes.forges.shapes import Part, Pull
from products.process.schema.policy import ReviewSpec

_DRAFT = re.compile(r"\s*(?:(?:draft|wip)\s*:|\[(?:draft|wip)\]|\(draft\))\s*", re.IGNORECASE)
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(?=\S)(.*)$", re.MULTILINE)
_DRESS = " \t*_`#>~-:!\ufeff"


def review_requested(context: Context) -> Result:
    spec = context.policy.review
    if spec is None:
        return not_needed(_("The process does not ask for a review."))
    if silent := silence(context, Part.PULLS):
        return silent
    assert context.forge is not None
    pull = pull_of(context, context.forge)
    if pull is None:
        return _none(context, spec)
    words = {"shown": shown(context, pull), "noun": noun(context), "main": context.policy.main}
    facts = {
        "number": pull.number,
        "url": pull.url,
        "state": pull.state,
        "head": pull.head,
        "author": pull.author,
        "asked_at": written(pull.created_at) if pull.created_at else None,
    }
    proof = [line(context, pull), *([written(pull.created_at)] if pull.created_at else [])]
    if pull.state == "closed" and not context.released:
        then = Next(_("Open it again, or a new one."), _gh(context, f"gh pr reopen {pull.number}"))
        return failed(
            _("The %(noun)s %(shown)s was closed without being merged.") % words, *proof, then=then, **facts
        )
    if pull.draft and not context.released:
        then = Next(_("Mark it as ready for review."), _gh(context, f"gh pr ready {pull.number}"))
        return pending(_("The %(noun)s %(shown)s is still a draft.") % words, *proof, then=then, **facts)
    if missing := lacking(context, spec, pull):
        words["missing"] = listed(missing, 8)
        said = _("The %(noun)s %(shown)s lacks: %(missing)s") % words
        return failed(said, *proof, then=_mend(context, spec, pull), missing=missing, **facts)
    asked = [_("Asked: %s") % listed(pull.reviewers_asked)] if pull.reviewers_asked else []
    said = (
        _("Review asked for, marked %(label)s: %(noun)s %(shown)s.")
        if spec.label
        else _("Review asked for: %(shown)s.")
    )
    return passed(said % {**words, "label": spec.label}, *proof, *asked, labels=list(pull.labels), **facts)


def lacking(context: Context, spec: ReviewSpec, pull: Pull) -> list[str]:
    """What the request lacks, in the process's words; [] when it is complete."""
    body = _without_comments(pull.body)
    missing = []
    if pull.base_name and pull.base_name != context.policy.main:
        words = {"main": context.policy.main, "base": pull.base_name}
        missing.append(_("%(main)s as the target (it goes to %(base)s)") % words)
    if spec.label and not _is_marked(spec.label, pull, body):
        missing.append(_("the mark %s") % spec.label)
    if spec.title and not _is_titled(context, spec, pull.title):
        missing.append(_("the title “%s”") % context.filled(spec.title))
    if spec.opening and not _opens(spec.opening, body):
        missing.append(_("the opening “%s”") % spec.opening)
    # A template's sections are as good as labels: `## Impact` and what stands below it.
    labelled = _HEADING.sub(lambda found: f"{found[1].rstrip(' \t:#*_')}:", body.replace("\r\n", "\n"))
    filled = [one for one in spec.parts if part(one, body) or part(one, labelled)]
    return missing + [one.text or f"{one.label}:" for one in spec.parts if one not in filled]


def _without_comments(body: str) -> str:
    """In one pass whatever it holds: thousands of comments that begin and never end cost no more than one."""
    kept, rest = "", body
    while rest:
        before, begins, after = rest.partition("<!--")
        _inside, ends, behind = after.partition("-->")
        if not begins or not ends:
            return kept + rest
        kept, rest = kept + before, behind
    return kept


def _is_marked(label: str, pull: Pull, body: str) -> bool:
    """By a label, however it is dressed (`urgent`, `priority: urgent`), or by the word itself in title or text."""
    word = re.compile(rf"(?<![\w-]){re.escape(label)}(?![\w-])")
    loose = re.compile(word.pattern, re.IGNORECASE)
    return any(loose.search(one) for one in pull.labels) or bool(word.search(pull.title) or word.search(body))


def _is_titled(context: Context, spec: ReviewSpec, title: str) -> bool:
    """As agreed and filled in; a mark or `Draft:` before it takes nothing away."""
    bare = _DRAFT.sub("", title.strip(), count=1) if _DRAFT.match(title) else title.strip()
    if spec.label and (
        found := re.match(rf"[^\w]{{0,3}}{re.escape(spec.label)}[^\w]{{1,3}}", bare, re.IGNORECASE)
    ):
        bare = bare[found.end() :]
    known = {name: value for name, value in context.known.items() if value}
    for text in (title.strip(), bare):
        values = patterns.recognised(spec.title or "", text, known)
        if values is not None and all(is_filled(value) for value in values.values()):
            return True
    return False


def _opens(opening: str, body: str) -> bool:
    first = next((row for row in body.splitlines() if row.strip(_DRESS)), "")
    return first.strip(_DRESS).casefold().startswith(opening.strip(_DRESS).casefold())


def _none(context: Context, spec: ReviewSpec) -> Result:
    words = {"noun": noun(context), "branch": branch(context)}
    forks = [one for one in context.forge.pulls if one.fork] if context.forge else []
    proof = [_("From a fork, not this branch: %s") % line(context, one) for one in forks[:3]]
    if context.released:
        said = _("It is released, and there was no %(noun)s for %(branch)s.") % words
        return failed(
            said, *proof, then=Next(_("Have it looked at now, and say in the report why it was not."))
        )
    if context.tip is None:
        return pending(_("There is no branch yet."), *proof)
    then = Next(_("Open one, marked as the process asks."), _create(context, spec))
    return pending(_("There is no %(noun)s for %(branch)s yet.") % words, *proof, then=then)


def _body(context: Context, spec: ReviewSpec) -> str:
    parts = "\n".join(one.text or f"{one.label}: […]" for one in spec.parts)
    return "\n\n".join(text for text in (context.filled(spec.opening or ""), parts) if text)


def _create(context: Context, spec: ReviewSpec) -> tuple[str, ...]:
    title = quote(context.filled(spec.title or "HOTFIX: {issue}"))
    label = f" --label {quote(spec.label)}" if spec.label else ""
    base, head = quote(context.policy.main), quote(branch(context))
    command = f"gh pr create --base {base} --head {head} --title {title} --body {quote(_body(context, spec))}{label}"
    return _gh(context, command)


def _mend(context: Context, spec: ReviewSpec, pull: Pull) -> Next:
    label = f" --add-label {quote(spec.label)}" if spec.label else ""
    return Next(
        _("Complete it on its page; nothing has to be pushed."),
        _gh(context, f"gh pr edit {pull.number}{label}"),
    )


def _gh(context: Context, command: str) -> tuple[str, ...]:
    return (command,) if is_github(context) else ()
