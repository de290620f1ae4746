"""Whether the hotfix, and nothing else, was brought to production (K56, K111, A24)."""

from datetime import timedelta

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.deploy import timeline
from hotfixes.checks.facts import PRODUCTION, Deployed, Told
from hotfixes.checks.naming import Match, match, newer
from hotfixes.checks.process import commands, deploys_to, wants_everybody
from hotfixes.checks.shapes import Next, Result, failed, passed, pending, stated, unknown, warned
from hotfixes.git import names
from products.versions import bare
from products.vocabulary import EnvironmentKind

# A deployment that nobody ended by then has probably died without a word.
SILENT = timedelta(hours=1)


def deployed(context: Context) -> Result:
    if not context.known["new"]:
        if said_so := timeline.said_deployed(context):
            said = _("Deployed, says %(by)s. Which version that is, nobody has said.")
            return stated(said % {"by": said_so.by or "?"}, said_so.line, by=said_so.by)
        if not timeline.there(context):
            said = _("Not deployed yet, and nobody has said which version the hotfix gets.")
            return pending(said, then=_tell(context))
        return unknown(_("Can't tell: nobody has said which version the hotfix gets."))
    reports = timeline.there(context)
    mine = [one for one in reports if match(context, one) is Match.OURS]
    mixed = [one for one in reports if match(context, one) is Match.MIXED]
    if mixed and (not mine or mixed[-1].at > mine[-1].at) and mixed[-1].status in ("started", "succeeded"):
        return _mixed(context, mixed[-1])
    if mine:
        return _ended(context, mine, reports)
    unsure = [one for one in reports if match(context, one) is Match.UNSURE]
    if unsure:
        return _unsure(context, unsure[-1])
    return _not_yet(context, reports)


def _ended(context: Context, mine: list[Deployed], reports: list[Deployed]) -> Result:
    last, words = mine[-1], _words(context)
    lines = [one.line for one in mine[-5:]]
    wrong = _went_wrong(context, last, words, lines)
    if wrong is not None:
        return wrong
    if last.status == "started":
        return _running(context, last, lines)
    undone = _undone(context, last, reports, words, lines)
    if undone is not None:
        return undone
    if last.percent is not None and last.percent < 100 and wants_everybody(context):
        return _in_part(last, words, lines)
    if last.said:
        said = _("Deployed to %(place)s, says %(by)s. No script or forge has shown it.")
        return stated(said % {**words, "by": last.by or "?"}, *lines, by=last.by)
    facts = {"at": last.at.isoformat(), "environment": last.environment, "ref": last.ref, "by": last.by}
    said = _("%(new)s is deployed to %(place)s.") % words
    if last.percent is not None:
        facts["percent"] = str(last.percent)
        said = _("%(new)s is released to %(percent)s %% of the users.") % {**words, "percent": last.percent}
    if not last.ref and context.tag_name:
        lines.append(_("From which ref, the report does not say."))
    return passed(said, *lines, version=last.version, **facts)


def _went_wrong(context: Context, last: Deployed, words: dict[str, str], lines: list[str]) -> Result | None:
    """The report itself says that it failed, was halted or rolled back."""
    if last.status == "failed":
        then = Next(
            _("Look why, mend it, deploy again, or decide to roll back."), commands(context, "deployed")
        )
        return failed(_("The deployment of %(new)s to %(place)s failed.") % words, *lines, then=then)
    if last.stage == "halted":
        return failed(_halted(last) % words, *lines, then=_again(context), percent=last.percent)
    if last.status == "rolled_back":
        return failed(_("%(new)s was rolled back in %(place)s.") % words, *lines, then=_again(context))
    return None


def _undone(
    context: Context, last: Deployed, reports: list[Deployed], words: dict[str, str], lines: list[str]
) -> Result | None:
    """Deployed, and what was seen or said afterwards takes it back."""
    gone = _gone(context, last, reports)
    if gone is not None and not gone.elsewhere:
        said = _("%(new)s was rolled back in %(place)s: %(found)s runs there again.")
        said %= {**words, "found": gone.version or gone.ref}
        return failed(said, *lines, gone.line, then=_again(context), version=gone.version)
    elsewhere = _taken_from_here(context)
    if elsewhere is not None and elsewhere.at > last.at:
        return taken_by_another(context, elsewhere, lines)
    back = timeline.taken_back(context, last.at)
    if back is not None:
        said = _("Deployed, but then %(by)s said that it failed or was rolled back.") % {"by": back.by or "?"}
        return failed(said, *lines, back.line, then=_again(context))
    if gone is not None:
        said = _("%(new)s was rolled back in %(place)s: %(found)s runs there again.")
        return failed(
            said % {**words, "found": gone.version or gone.ref}, *lines, gone.line, then=_again(context)
        )
    later = _replaced(context, last, reports)
    if later is not None:
        said = _("%(place)s had %(new)s, and %(found)s was deployed over it.")
        said %= {**words, "found": later.version or later.ref}
        return failed(said, *lines, later.line, then=_again(context))
    return None


def _taken_from_here(context: Context) -> Told | None:
    """Users lost it: of a dev server that the process deploys to first that says nothing (`verified_live` tells it)."""
    return timeline.taken_elsewhere(context) if deploys_to(context) == PRODUCTION else None


def taken_by_another(context: Context, told: Told, lines: list[str]) -> Result:
    """The rollback of another incident took the fix back: whose, the timeline says, where its readers may know. A
    verdict stays as it is also when that incident becomes private."""
    words = {
        "new": context.known["new"],
        "found": str(told.data.get("version") or "?"),
        "place": str(told.data.get("place") or "?"),
    }
    said = _("A rollback took %(new)s back: %(found)s runs again (%(place)s).")
    if told.data.get("still"):
        said += " " + _("It still runs in: %(still)s.")
        words["still"] = str(told.data["still"])
    then = Next(
        _("Decide anew: a new hotfix on what runs now. If this one may run again, deploy it as it is.")
    )
    return failed(said % words, *lines, told.line, then=then, version=words["found"])


def _in_part(last: Deployed, words: dict[str, str], lines: list[str]) -> Result:
    """A staged rollout that stays behind while the fix is called deployed."""
    said = _("%(new)s is released to %(percent)s %% of the users; the process asks for all of them.")
    then = Next(_("Raise the rollout to 100 % once the watch is quiet. The store's next report says it."))
    about = {**words, "percent": last.percent}
    return warned(said % about, *lines, then=then, percent=str(last.percent), at=last.at.isoformat())


def _running(context: Context, last: Deployed, lines: list[str]) -> Result:
    words = _words(context)
    if last.with_the_store:
        since = f"{last.at:%H:%M} UTC"
        said = _("%(new)s is submitted to the store, since %(since)s.")
        if last.stage == "in_review":
            said = _("%(new)s is in review at the store, since %(since)s.")
        return pending(said % {**words, "since": since}, *lines, stage=last.stage, since=last.at.isoformat())
    if context.now and context.now - last.at > SILENT:
        said = _("The deployment of %(new)s to %(place)s began long ago, and nobody said how it ended.")
        then = Next(_("Look how it went. The script should say so at its end, when it fails too."))
        return warned(said % words, *lines, then=then)
    silent = (last.at + SILENT).isoformat()
    return pending(_("%(new)s is being deployed to %(place)s.") % words, *lines, due_at=silent)


def _halted(last: Deployed) -> str:
    if last.percent:
        return _("The rollout of %(new)s was halted; {} %% of the users keep it.").format(last.percent)
    return _("The rollout of %(new)s was halted.")


def _mixed(context: Context, one: Deployed) -> Result:
    words = {**_words(context), "version": one.version, "ref": one.ref or "–", "tag": context.tag_name or "–"}
    if _has_version(context, one):
        said = _("%(version)s was deployed to %(place)s, but from %(ref)s instead of %(tag)s.") % words
    else:
        said = (
            _("%(tag)s was deployed to %(place)s, but it reports version %(version)s, not %(new)s.") % words
        )
    return failed(said, one.line, then=_again(context), ref=one.ref, version=one.version)


def _unsure(context: Context, one: Deployed) -> Result:
    words = {**_words(context), "ref": one.ref}
    said = _("%(place)s reports %(new)s, from %(ref)s: can't tell whether that is the tag.") % words
    if one.status != "succeeded":
        return pending(said, one.line)
    then = Next(_("Let the script send the name of the tag as git_ref."))
    return unknown(said, one.line, then=then, ref=one.ref)


def _not_yet(context: Context, reports: list[Deployed]) -> Result:
    words = _words(context)
    if elsewhere := _taken_from_here(context):
        return taken_by_another(context, elsewhere, [one.line for one in reports[-2:]])
    wrong = [one for one in reports if one.status == "succeeded" and _too_late_for(context, one)]
    if wrong:
        words |= {"found": wrong[-1].version or wrong[-1].ref}
        said = _("%(found)s was deployed to %(place)s; the hotfix is %(new)s.") % words
        return failed(said, wrong[-1].line, then=_again(context), version=wrong[-1].version)
    said_so = timeline.said_deployed(context)
    if said_so is not None:
        said = _("Deployed, says %(by)s. No script or forge has shown it.") % {"by": said_so.by or "?"}
        return stated(said, said_so.line, then=_tell(context), by=said_so.by)
    lines = [one.line for one in reports[-2:]]
    return pending(_("Not deployed to %(place)s yet.") % words, *lines, then=_tell(context))


def _has_version(context: Context, one: Deployed) -> bool:
    return bare(one.version) == context.known["new"]


def _too_late_for(context: Context, one: Deployed) -> bool:
    """Whether something else went out when the hotfix was ready. What ran before may be deployed again until then."""
    kind = match(context, one)
    if kind is Match.OTHER:
        return True
    if kind is Match.OLD and one.source == "probe":
        return False  # a monitor has begun to read what ran there anyway
    tagged = [seen.seen_at for seen in context.history(names.TAGS + context.tag_name) if seen.commit]
    return bool(context.tag_name and tagged and one.at > tagged[0])


def _gone(context: Context, last: Deployed, reports: list[Deployed]) -> Deployed | None:
    """The rollback of the same place to something else, when nothing came after it."""
    after = [one for one in reports if one.at > last.at and one.environment == last.environment]
    ended = [one for one in after if one.status in ("succeeded", "rolled_back")]
    back = ended[-1] if ended and ended[-1].status == "rolled_back" else None
    return None if back is None or newer(context, back.version) else back


def _replaced(context: Context, last: Deployed, reports: list[Deployed]) -> Deployed | None:
    """What was deployed to the same place afterwards and lacks the fix; a newer version is the next release."""
    after = [one for one in reports if one.at > last.at and one.environment == last.environment]
    done = [one for one in after if one.status == "succeeded" and match(context, one) is not Match.UNSURE]
    return done[-1] if done and newer(context, done[-1].version) is not True else None


def _words(context: Context) -> dict[str, str]:
    place = deploys_to(context)
    label = str(EnvironmentKind(place).label) if place in EnvironmentKind.values else place
    return {"new": context.known["new"], "place": label.casefold()}


def _tell(context: Context) -> Next:
    text = _("Deploy it. The last line of the script tells Nightdesk; the lines to copy are on this page.")
    return Next(text, commands(context, "deployed"))


def _again(context: Context) -> Next:
    return Next(_("Deploy the hotfix's tag."), commands(context, "deployed"))
