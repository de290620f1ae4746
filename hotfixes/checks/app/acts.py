"""Acts that are done in Nightdesk: here the event is the thing itself, so it proves it (K100, K114, K116, K121)."""

from typing import Any

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.deploy.timeline import last_told
from hotfixes.checks.facts import Told
from hotfixes.checks.shapes import Next, Result, not_needed, passed, pending, stated
from hotfixes.checks.words import by_word


def severity_assessed(context: Context) -> Result:
    """By a person: what a monitor guessed is not assessed."""
    judged = [one for one in context.told if _judges(one) and one.said]
    # Who confirmed or changed it, before who only decided something with it in sight.
    judged = [one for one in judged if one.kind.startswith("severity_")] or judged
    if judged:
        last = max(judged, key=lambda one: one.seq)
        return passed(_("%s has assessed the severity.") % (last.by or "?"), last.line, seq=last.seq)
    then = Next(_("Confirm the severity or change it, on the incident's page."))
    return pending(_("Nobody has confirmed the severity yet."), then=then)


def users_notified(context: Context) -> Result:
    """Every message that the process has for users at the deployment. Who says that they sent it states it."""
    wanted = _messages(context)
    if not wanted:
        return by_word(context, "users_notified", "message_sent") or not_needed(
            _("The process has no message for users.")
        )
    sent = {str(one.data.get("message")): one for one in context.told if one.kind == "message_sent"}
    missing = [one for one in wanted if one["key"] not in sent]
    lines = [sent[one["key"]].line for one in wanted if one["key"] in sent]
    if missing:
        titles = ", ".join(str(one["title"]) for one in missing)
        then = Next(_("Send it; the text is on the incident's page."))
        word = None if lines else by_word(context, "users_notified")
        return word or pending(_("Not sent yet: %s.") % titles, *lines, then=then)
    said = [sent[one["key"]] for one in wanted if sent[one["key"]].said]
    if said:
        words = {"by": said[-1].by or "?", "seq": said[-1].seq}
        return stated(_("Sent, says %(by)s; where stands in entry %(seq)s.") % words, *lines, by=said[-1].by)
    return passed(_("Users have been told."), *lines)


def documented(context: Context) -> Result:
    done = last_told(context, "postmortem_published")
    if done is not None:
        return passed(_("The report is published."), done.line, seq=done.seq)
    then = Next(_("Write down the cause, why it was not caught before, and what testing was missed."))
    waiting = pending(_("The report is not published yet."), then=then)
    return by_word(context, "documented") or waiting


def postmortem_scheduled(context: Context) -> Result:
    done = last_told(context, "postmortem_scheduled", "postmortem_published")
    if done is None:
        waiting = pending(_("No time is set for the postmortem."), then=Next(_("Set a time within a day.")))
        return by_word(context, "postmortem_scheduled") or waiting
    if done.said and not done.data:
        said = _("%s says that a time is set.") % (done.by or "?")
        return stated(said, done.line, by=done.by)
    return passed(_("A time is set for the postmortem."), done.line, seq=done.seq)


def _judges(event: Told) -> bool:
    """As the checklist reads it (incidents/timeline/story.py): declaring with a severity assesses it, deciding too."""
    if event.kind == "declared":
        return bool(event.data.get("sure"))
    return event.kind in ("severity_confirmed", "severity_changed", "decided")


def _messages(context: Context) -> list[dict[str, Any]]:
    """Those that the step or box of this check waits for; else those for users at the deployment."""
    all_ = [one for one in context.document.get("messages") or [] if one.get("audience") == "users"]
    boxes = (context.document.get("checklist") or {}).get("items") or []
    steps = context.document.get("steps") or []
    asking = [one for one in boxes if one.get("check") == "users_notified"]
    asking += [one for one in steps if "users_notified" in (one.get("checks") or [])]
    named = {event.partition(":")[2] for one in asking for event in one.get("done_on") or []} - {""}
    if named:
        return [one for one in context.document.get("messages") or [] if one["key"] in named]
    return [one for one in all_ if (one.get("when") or {}).get("event") in ("deployed", "released")]
