"""What the timeline says around a decision: who recommends what, asks, answers, looks again, and who was refused."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from incidents.models import TimelineEvent
from products.vocabulary import EventKind


def of_decision(event: TimelineEvent, who: str) -> SafeString | None:
    """None for a note that is only a note."""
    data = event.data
    if event.kind == EventKind.ASKED:
        words = _("<b>{who} asks {to}</b>") if data.get("to") else _("<b>{who} asks</b>")
        return format_html(words, who=who, to=data.get("to", ""))
    if event.kind == EventKind.ANSWERED:
        return format_html(_("<b>{who} answers {to}</b>"), who=who, to=data.get("to", ""))
    if proposal := data.get("proposal"):
        words = _("<b>{who} recommends: {what}</b>, {how}")
        return format_html(words, who=_in_role(who, proposal), what=chosen(proposal), how=sure(proposal))
    if data.get("refused"):
        return format_html(_("<b>Refused</b>: {who} may not. {why}"), who=who, why=data.get("why", ""))
    if "looked_again" in data:
        return format_html(
            _("<b>{who} looked again</b>: decision {n} stands"), who=who, n=data["looked_again"]
        )
    if data.get("revisit_at"):
        return format_html(
            _("<b>{who} looks again</b> at decision {n} at {at}"),
            who=who, n=data.get("number", ""), at=str(data.get("revisit_shown", "")),
        )  # fmt: skip
    return None


def of_approval(event: TimelineEvent, who: str) -> SafeString | None:
    """Given or taken back in Nightdesk; None for what a forge or a note says."""
    if not event.data.get("approval"):
        return None
    words = _("<b>{who} approved {head}</b>, {files} files, {lines} lines")
    if event.kind == EventKind.APPROVAL_DISMISSED:
        words = _("<b>{who} took back the approval of {head}</b>")
    head = str(event.data.get("head", ""))[:8]
    return format_html(
        words, who=who, head=head, files=event.data.get("files", ""), lines=event.data.get("lines", "")
    )


def decided(event: TimelineEvent) -> str:
    """What was decided, in words: "Rollback: Deploy the previous tag again"."""
    return chosen(event.data)


def chosen(data: dict[str, object]) -> str:
    """Of a decision or a recommendation: `choice` and `what`."""
    choices = {
        "hotfix": _("Hotfix"), "rollback": _("Rollback"), "mitigate": _("Contain it first"),
        "defer": _("Leave it for a release"),
    }  # fmt: skip
    words = choices.get(str(data.get("choice")), "")
    return ": ".join(part for part in (words, str(data.get("what") or "")) if part)


def sure(proposal: dict[str, object]) -> str:
    """How sure somebody is who recommends it."""
    words = {"sure": _("sure"), "likely": _("quite sure"), "guess": _("a guess")}
    return words.get(str(proposal.get("confidence")), "")


def _in_role(who: str, proposal: dict[str, object]) -> str:
    return f"{who} ({proposal['role']})" if proposal.get("role") else who
