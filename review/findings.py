"""What was found, as a text to send to the team, and that somebody has sent it (K128): an entry of the timeline."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.written import address, utc
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import Incident, TimelineEvent
from incidents.work.report import check_address, check_moment
from products.vocabulary import EventKind
from review.refusals import OVER, Refused
from review.timeline import Timeline

SHARE = Step(EventKind.NOTED, OVER)
SHARED = "shared"


def share_findings(
    incident: Incident, *, by: User, where: str, url: str = "", at: datetime | None = None
) -> TimelineEvent:
    """`by` has sent what was found to the team, `where` says how. TooLate while the incident is open."""
    if not where.strip():
        raise ValidationError({"where": _("Say where you shared it.")})
    if incident.status not in OVER:
        raise Refused(incident, _("It is not over yet: resolve it first."))
    if url:
        check_address(url)
    check_moment(incident, at)
    data: dict[str, Any] = {"report": SHARED, **({"url": url} if url else {})}
    return perform(incident, SHARE, by=by, at=at, text=where.strip(), **data)


def findings(report: dict[str, Any], told: Timeline) -> dict[str, Any]:
    """JSON: `text` to copy, `shared` who sent it where. `report` has its incident, answers and action items."""
    events = [e for e in told.events.values() if e.kind == EventKind.NOTED and e.data.get("report") == SHARED]
    entries = [told.entry(event) for event in events]
    shared = [
        {
            "seq": one.event.seq,
            "by": one.event.actor_label,
            "at": utc(one.at),
            "where": one.hidden or one.text,
            "url": one.url,
        }
        for one in entries
    ]
    return {"text": text(report), "shared": shared}


def text(report: dict[str, Any]) -> str:
    """Plain lines: which incident, each answer, what changes, where the whole report is."""
    about = report["incident"]
    lines = [f"{about['ref']} {about['title']} ({about['product']}, {about['severity']})"]
    lines += [_("Private: only for those who take part.")] if about["private"] else []
    for one in report["answers"]:
        lines += ["", one["question"], one["text"] or _("Not answered yet.")]
    todo = [one for one in report["actions"] if one["state"] != "dropped"]
    if todo:
        lines += ["", _("What changes:")]
        lines += [f"- {one['text']} ({one['owner']}, {one['due']})" for one in todo]
    return "\n".join([*lines, "", address(f"/incidents/{about['ref']}/postmortem/")])
