"""What the timeline says of facts that git, a forge or a script showed, and of checks that read differently now."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from incidents.models import TimelineEvent
from products.vocabulary import Verdict

# Who showed it, where no person said it.
_SHOWN_BY = {"git": lazy("git"), "forge": lazy("the forge"), "script": lazy("a script")}


def linked(event: TimelineEvent, text: SafeString) -> SafeString:
    url = str(event.data.get("url", ""))
    if not url.startswith(("https://", "http://")):
        return text
    link = '{text} <a href="{url}" rel="noopener noreferrer nofollow">{url}</a>'
    return format_html(link, text=text, url=url)


def seen(event: TimelineEvent) -> SafeString | None:
    """`Merged: main 1a2b3c4d5e (HF-3, seen by git)`; None for what no part of ours saw."""
    by = _SHOWN_BY.get(event.source)
    if by is None:
        return None
    what = str(event.data.get("what") or "")
    hotfix = str(event.data.get("rollback") or event.data.get("hotfix") or "")
    words = _("<b>{kind}</b>: {what} ({hotfix}, seen by {by})")
    if not what:
        words = _("<b>{kind}</b> ({hotfix}, seen by {by})")
    kind = _("Rollout halted") if event.data.get("halted") else event.get_kind_display()
    return linked(event, format_html(words, kind=kind, what=what, hotfix=hotfix, by=str(by)))


def _versions(event: TimelineEvent, versions: dict[str, str]) -> SafeString:
    words = _("<b>{hotfix} mends {old} and brings {new}</b>, not {was}, says {who}")
    if not versions["was_new"]:
        words = _("<b>{hotfix} mends {old} and brings {new}</b>, says {who}")
    was = " → ".join(filter(None, (versions["was_old"], versions["was_new"])))
    facts = {"old": versions["old"], "new": versions["new"], "was": was}
    return format_html(words, hotfix=event.data.get("hotfix", ""), who=event.actor_label, **facts)


def out_again(event: TimelineEvent) -> SafeString | None:
    """What another incident's rollback took back, brought out again with this version or in one after it."""
    if not event.data.get("out_again"):
        return None
    data = event.data
    words = _("<b>{hotfix} runs again</b>: {version} ({place})")
    if data.get("fix") and data.get("fix") != data.get("version"):
        words = _(
            "<b>{hotfix} should run again</b>: {version} came after {fix} ({place}). See that it holds the fix"
        )
    names = ("hotfix", "place", "version", "fix")
    said = format_html(words, **{name: str(data.get(name, "")) for name in names})
    if data.get("without"):
        said = format_html(_("{said}. Still without it: {places}"), said=said, places=data["without"])
    return said


def taken_back(event: TimelineEvent) -> SafeString:
    """`RB-1 of INC-11 took this fix back: …`; whose rollback it was only where the readers of this one may know."""
    by = event.data.get("taken_back_by") or {}
    words = _("<b>A rollback took this fix back</b>: {version} runs again ({place}), without {hotfix}{fix}")
    if by:
        words = _(
            '<b><a href="/rollbacks/{rollback}/">{rollback}</a> of <a href="/incidents/{incident}/">{incident}</a> took'
            " this fix back</b>: {version} runs again ({place}), without {hotfix}{fix}"
        )
    fix = event.data.get("fix", "")
    said = format_html(
        words,
        rollback=by.get("rollback", ""),
        incident=by.get("incident", ""),
        place=event.data.get("place", ""),
        version=event.data.get("version", ""),
        hotfix=event.data.get("hotfix", ""),
        fix=f" {fix}" if fix else "",
    )
    if event.data.get("still"):
        said = format_html(_("{said}. It still runs in: {places}"), said=said, places=event.data["still"])
    return said


def checked(event: TimelineEvent) -> SafeString | None:
    """The checks that changed, each with its verdict and sentence; None where a person changed a box."""
    checks = event.data.get("checks")
    if event.data.get("abandoned") and event.data.get("taken_back"):
        words = _("<b>{hotfix} has ended</b>: it was taken back. {instead} begins in its place")
        refs = {name: event.data.get(name, "") for name in ("hotfix", "instead")}
        return format_html(words, **refs)
    if event.data.get("abandoned"):
        words = _("<b>{hotfix} abandoned</b> by {who}")
        return format_html(words, hotfix=event.data.get("hotfix", ""), who=event.actor_label)
    if event.data.get("ended"):
        ref = event.data.get("hotfix", "")
        return format_html(_("<b>{ref} is done</b>, says {who}"), ref=ref, who=event.actor_label)
    if found := event.data.get("contradiction"):
        return format_html(_("<b>This does not go together</b>: {sentence}"), sentence=found["sentence"])
    if merge := event.data.get("merge"):
        words = _("<b>{hotfix} is merged otherwise</b>: {now}, not {was}, says {who}")
        hotfix = event.data.get("hotfix", "")
        return format_html(words, hotfix=hotfix, who=event.actor_label, now=merge["now"], was=merge["was"])
    if versions := event.data.get("versions"):
        return _versions(event, versions)
    if not isinstance(checks, list):
        return None
    lines = format_html_join("", "<li><b>{}</b>{}{}</li>", (_line(one) for one in checks))
    if event.data.get("alarm"):
        words = _("<b>Alarm: {hotfix} is not as it was</b>: {list}")
        return format_html(words, hotfix=event.data.get("hotfix", ""), list=_list(lines))
    return format_html(
        _("<b>{hotfix} checked</b>: {list}"), hotfix=event.data.get("hotfix", ""), list=_list(lines)
    )


def overridden(event: TimelineEvent) -> SafeString | None:
    """A check that a person waived, or the second who agrees; None where they vouch for a message."""
    if "check" not in event.data:
        return None
    words = _("<b>Waived: {title}</b> ({verdict}), by {who}")
    if event.data.get("waits"):
        words = _("<b>Asked to waive: {title}</b> ({verdict}), by {who}: a second person must agree")
    if event.data.get("confirms"):
        words = _("<b>Waived: {title}</b> ({verdict}), {who} agrees with entry {seq}")
    if event.data.get("self_reviewed"):
        words = _("<b>Waived: {title}</b> ({verdict}), by {who}: the team has no second person")
    return format_html(
        words,
        title=event.data.get("title", ""),
        verdict=_word(str(event.data.get("verdict"))),
        who=event.actor_label,
        seq=event.data.get("confirms", ""),
    )


def _word(verdict: str) -> str:
    return str(Verdict(verdict).label) if verdict in Verdict.values else verdict


def _line(check: dict[str, str]) -> tuple[str, str, str]:
    """What was checked and how it stands, a mark, and the sentence that says why: "Noor says so" is no answer alone."""
    word = _word(str(check.get("verdict")))
    word, title = word[:1].upper() + word[1:], str(check.get("title", ""))
    summary = str(check.get("summary", ""))
    return (f"{word}: {title}", ". ", summary) if title else (word, ": ", summary)


def _list(lines: SafeString) -> SafeString:
    return format_html("<ul>{}</ul>", lines)
