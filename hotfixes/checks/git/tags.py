"""The tag of the release: annotated, on the right commit, on the remote, and never moved (A27, K51–K53, K109, K110)."""

from dataclasses import replace
from shlex import quote
from typing import Any

from django.utils.translation import gettext as _

from hotfixes import patterns
from hotfixes.checks.context import Context
from hotfixes.checks.deploy import timeline
from hotfixes.checks.git.arrival import arrival
from hotfixes.checks.git.written import is_filled
from hotfixes.checks.given import Observation
from hotfixes.checks.shapes import (
    Next,
    Result,
    Verdict,
    failed,
    not_needed,
    passed,
    pending,
    short,
    stamp,
    unknown,
    warned,
    when,
)
from hotfixes.checks.version_in_tree import states_new
from hotfixes.git import names
from hotfixes.git.trouble import GitError


def tag_pushed(context: Context) -> Result:
    if not context.tag_name:
        return not_needed(_("The process names no tag."))
    words = {"tag": context.tag_name}
    if context.tag is not None:
        seen = context.history(names.TAGS + context.tag_name)
        at = (stamp(seen[0].seen_at),) if seen else ()
        said = _("The tag %(tag)s is on the remote.") % words
        return passed(said, f"{context.tag_name} {short(context.tag.id)}", *at, id=context.tag.id)
    if context.history(names.TAGS + context.tag_name):
        return failed(_("The tag %(tag)s was there and has been deleted.") % words, then=_push(context))
    if other := _misnamed(context):
        words["found"] = other
        return failed(_("The tag is named %(found)s; it should be %(tag)s.") % words, then=_make(context))
    return pending(_("The tag %(tag)s is not on the remote.") % words, then=_make(context))


def tag_annotated(context: Context) -> Result:
    if not (context.policy.annotated or context.policy.tag_message) or not context.tag_name:
        return not_needed(_("The process does not ask for an annotated tag."))
    tag = context.tag
    if tag is None:
        return pending(_("The tag %s is not there yet.") % context.tag_name, then=_make(context))
    proof = f"{context.tag_name} {short(tag.id)} {tag.subject[:200]}".strip()
    if not tag.annotated:
        said = _("The tag %s is a lightweight one: it says neither who made it nor why.") % context.tag_name
        return failed(said, proof, then=_mended(context), id=tag.id)
    pattern = context.policy.tag_message
    known = {name: value for name, value in context.known.items() if value}
    if pattern:
        found = patterns.recognised(pattern, tag.subject, known)
        if found is None or not all(is_filled(value) for value in found.values()):
            words = {"found": tag.subject[:200] or "–", "text": context.filled(pattern)}
            said = _("The tag's message is “%(found)s”; it should be like “%(text)s”.") % words
            return failed(said, proof, then=_mended(context), id=tag.id, message=tag.subject[:500])
    who = tag.tagger.name if tag.tagger else "?"
    return passed(_("The tag is annotated, by %s.") % who, proof, id=tag.id, message=tag.subject[:500])


def tag_commit(context: Context) -> Result:
    """The tag must stand on the fix: on main, and on nothing more than the fix."""
    if not context.tag_name:
        return not_needed(_("The process names no tag."))
    tag = context.tag
    if tag is None:
        return pending(_("The tag %s is not there yet.") % context.tag_name, then=_make(context))
    found = _standing(context, tag.id, tag.commit)
    return replace(found, next=_mended(context)) if found.verdict is Verdict.FAIL else found


def _standing(context: Context, id: str, commit: str | None) -> Result:
    """Where a tag at `commit` stands, without advice."""
    if commit is None:
        return failed(_("The tag %s does not name a commit.") % context.tag_name, short(id))
    if commit == context.base:
        said = _("The tag %(tag)s stands on the commit of %(base)s: it does not hold the fix.")
        words = {"tag": context.tag_name, "base": context.base_name}
        return failed(said % words, short(commit))
    if context.tip is None:
        return unknown(_("Can't tell: the branch was never seen, so nobody knows which commit is the fix."))
    if context.own is not None and not context.own.commits:
        said = _("The tag %s is there, but the branch has no fix.") % context.tag_name
        return failed(said, short(commit))
    if context.own is None and not states_new(context, context.tip):
        return unknown(_("Can't tell which commit is the fix: the branch was never seen beside main."))
    return _placed(context, commit, context.tip)


def _placed(context: Context, commit: str, tip: str) -> Result:
    read, where = context.reader, context.policy.tag_on
    proof = f"{context.tag_name} → {short(commit)}"
    facts: dict[str, Any] = {"commit": commit, "tip": tip}
    on_main = context.main is not None and read.is_ancestor(commit, context.main)
    if commit == tip and (where != "main" or on_main):
        return passed(_("The tag stands on the fix."), proof, **facts)
    if where == "branch":
        said = _("The tag does not stand on the branch's last commit, %s.") % short(tip)
        return failed(said, proof, **facts)
    words = {"main": context.policy.main, "commit": short(commit)}
    if not on_main and (where == "main" or not read.is_ancestor(tip, commit)):
        said = _("The tag stands on %(commit)s, which is not in %(main)s.") % words
        return failed(said, proof, **facts)
    found = arrival(context)
    if found is None and read.is_ancestor(commit, tip):
        more = context.reader.log(tip, since=commit).commits
        said = _("The branch went on after the tag. Commits that are not in it: %s.") % len(more)
        return failed(said, proof, **facts)
    if found is None:
        if on_main and states_new(context, commit):
            return unknown(
                _("Can't tell: the branch's changes are not recognised in what was tagged."), proof, **facts
            )
        said = _("The tag stands on %(commit)s, which does not hold the fix.") % words
        return failed(said, proof, **facts)
    if found.commit == commit:
        return passed(_("The tag stands on the fix in %(main)s.") % words, proof, **facts)
    if not read.is_ancestor(found.commit, commit) and not read.is_ancestor(tip, commit):
        said = _("The tag stands on %(commit)s, which does not hold the fix.") % words
        return failed(said, proof, **facts)
    return _with_more(context, found.commit, commit, proof, facts)


def _with_more(context: Context, fix: str, commit: str, proof: str, facts: dict[str, Any]) -> Result:
    more = context.reader.log(commit, since=fix).commits
    said = _("The tag holds more than the fix. Further commits: %s.") % len(more)
    proofs = (proof, *(f"{short(one.id)} {one.subject[:120]}" for one in more[:10]))
    if context.policy.merge == "ff-only":
        return failed(said, *proofs, **facts)
    return warned(said, *proofs, then=Next(_("Look whether they may be released.")), **facts)


def tag_unmoved(context: Context) -> Result:
    """A published tag never names anything else; what was before watching began, nobody can tell."""
    if not context.tag_name:
        return not_needed(_("The process names no tag."))
    seen = context.history(names.TAGS + context.tag_name)
    now = context.tag.id if context.tag else None
    if not seen and now is None:
        return pending(_("The tag %s is not there yet.") % context.tag_name)
    ids = list(dict.fromkeys([one.id for one in seen if one.id] + ([now] if now else [])))
    proof = [f"{stamp(one.seen_at)} {short(one.id) or '–'}" for one in seen][:10]
    words = {"tag": context.tag_name}
    if len(ids) > 1:
        return _moved(context, seen, ids, proof)
    if now is None:
        said = _("The tag %(tag)s was deleted.") % words
        return failed(said, *proof, then=_put_back(context, ids[0]) if ids else None, ids=ids)
    if not seen:
        return unknown(_("Can't tell: nobody has watched the tag yet."))
    words["at"] = when(seen[0].seen_at)
    if seen[0].seen_at == context.began:
        said = (
            _("Can't tell what was before %(at)s, when watching began; since then it has not moved.") % words
        )
        return unknown(said, *proof, ids=ids)
    if any(one.id is None for one in seen):
        return warned(_("The tag %(tag)s was deleted for a while and is as it was.") % words, *proof, ids=ids)
    return passed(_("The tag has not moved since %(at)s.") % words, *proof, ids=ids)


def _moved(context: Context, seen: tuple[Observation, ...], ids: list[str], proof: list[str]) -> Result:
    """`ids`: every object that the tag was, the first one first."""
    now = context.tag.id if context.tag else None
    words = {"tag": context.tag_name, "old": short(ids[0]), "new": short(now)}
    if now == ids[0]:
        other = max(place for place, one in enumerate(seen) if one.id not in (None, now))
        words["new"] = short(seen[other].id)
        words["at"] = when(seen[-1].seen_at)
        said = _("The tag %(tag)s was moved to %(new)s and is back where it was since %(at)s.") % words
        then = Next(_("Tell everybody who may have fetched the other one."))
        return warned(said, *proof, then=then, ids=ids)
    said = _("The tag %(tag)s was moved: it was %(old)s and is %(new)s.") % words
    if now is None:
        words["new"] = short(ids[-1])
        said = _("The tag %(tag)s was moved from %(old)s to %(new)s, and then deleted.") % words
    then = _put_back(context, ids[0])
    if not _first_was_right(context):
        then = Next(_("Tell everybody who may have fetched the first one: it was not right."))
    return failed(said, *proof, then=then, ids=ids)


def _first(context: Context) -> Observation | None:
    """The tag as it was seen first."""
    return next((one for one in context.history(names.TAGS + context.tag_name) if one.id), None)


def _first_was_right(context: Context) -> bool:
    """Whether the first one is the one to go back to: on the fix, and annotated where that is asked for."""
    first = _first(context)
    if first is None or not first.id:
        return False
    annotated = first.id != first.commit
    if (context.policy.annotated or context.policy.tag_message) and not annotated:
        return False
    try:
        return _standing(context, first.id, first.commit).verdict is not Verdict.FAIL
    except GitError:  # nobody can tell: a published tag stays where it was
        return True


def _misnamed(context: Context) -> str:
    """Another new tag on the fix itself."""
    for seen in context.observed:
        late = seen.seen_at != context.began and seen.name.startswith(names.TAGS)
        if late and seen.commit and context.worked and seen.commit == context.tip and context.ref(seen.name):
            return seen.name.removeprefix(names.TAGS)
    return ""


def _words(context: Context) -> str:
    message = quote(context.filled(context.policy.tag_message or "HOTFIX: {issue}"))
    annotate = context.policy.annotated or context.policy.tag_message
    return f"-a {quote(context.tag_name)} -m {message}" if annotate else quote(context.tag_name)


def _make(context: Context) -> Next:
    commands = (f"git tag {_words(context)}", f"git push origin {quote(context.tag_name)}")
    return Next(_("When it is merged, make the tag on the fix and push it."), commands)


def _push(context: Context) -> Next:
    return Next(_("Push it again."), (f"git push origin {quote(context.tag_name)}",))


def _put_back(context: Context, id: str) -> Next:
    return Next(
        _("Put the first one back and tell everybody who may have fetched the other."),
        (f"git push --force origin {id}:{quote(names.TAGS + context.tag_name)}",),
    )


def _mended(context: Context) -> Next:
    """What makes a wrong tag right: the first one again where that was right; never another one once it is used."""
    first = _first(context)
    if first and first.id and context.tag and first.id != context.tag.id and _first_was_right(context):
        return _put_back(context, first.id)
    if timeline.probably_ours(context) or timeline.said_deployed(context):
        return Next(
            _("It has been deployed already: leave this tag as it is, and raise the version once more.")
        )
    return Next(
        _("If nobody has used the tag yet, make it anew on the fix; else raise the version once more."),
        (
            f"git push --delete origin {quote(context.tag_name)}",
            f"git tag -f {_words(context)} {context.tip or ''}".rstrip(),
            f"git push origin {quote(context.tag_name)}",
        ),
    )
