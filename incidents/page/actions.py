"""Every verb that the incident page offers: its form, if it needs words, and the function that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role, User
from foundation import moment
from foundation.blobs import Upload
from foundation.idempotency import fingerprint, once
from incidents.clocks import verbs as clock_verbs
from incidents.forms import clocks as times
from incidents.forms import exits as ways
from incidents.forms import verbs
from incidents.lifecycle import closing, exits, transitions, triage
from incidents.models import Incident, Status
from incidents.roles import roles
from products.vocabulary import CONTAINED

Do = Callable[..., Any]


@dataclass(frozen=True)
class Offer:
    """`action` is what rules are asked for; `fits` says in which statuses the menu shows it."""

    verb: str
    label: str | Promise
    do: Do
    form: type[verbs.VerbForm] | None = None
    help: str | Promise = ""
    action: str = ""
    statuses: tuple[str, ...] = (Status.TRIAGE, Status.ACTIVE, Status.MONITORING)
    template: str = "incidents/act.html"
    # What the address may say (`?box=4`), put into the form.
    prefill: tuple[str, ...] = ()
    # What stands against it at this moment, said before it is tried.
    warn: Callable[[Incident], list[str]] = lambda _incident: []

    @property
    def permission(self) -> str:
        return self.action or self.verb


def _take_lead(incident: Incident, *, by: User, at: datetime | None = None) -> object:
    return roles.claim(incident, by=by, at=at)


def _note(incident: Incident, *, by: User, key: str, text: str, at: Any, file: Upload | None) -> object:
    """A phone that lost the answer sends again: the same key and words write one note, other words another one."""
    return once(
        f"user:{by.pk}", key and f"note:{incident.pk}:{key}:{fingerprint([text, file and file.sha256])}",
        {"text": text, "at": at},
        lambda: str(transitions.note(incident, by=by, text=text, at=at, file=file).seq),
    )  # fmt: skip


def _held(incident: Incident) -> list[str]:
    said = [hold.sentence for hold in closing.holds(incident, moment.now())]
    managers = Membership.objects.filter(
        team=incident.product.team_id, role=Role.MANAGER, user__is_active=True
    )
    names = ", ".join(str(one.user) for one in managers.select_related("user").order_by("user__name", "pk"))
    if said and names:
        said.append(gettext("These people may waive it: %(names)s.") % {"names": names})
    return said


_ENDED = tuple(transitions.REOPEN.sources)
_ALL = tuple(Status.values)

OFFERS = {
    offer.verb: offer
    for offer in (
        Offer("acknowledge", _("Acknowledge"), transitions.acknowledge),
        Offer(
            "confirm_severity", _("Confirm severity"), transitions.confirm_severity, statuses=(Status.TRIAGE,)
        ),
        Offer("lead", _("Take the lead"), _take_lead, action="claim"),
        Offer("note", _("Add a note"), _note, verbs.NoteForm, statuses=_ALL),
        Offer("describe", _("Describe"), transitions.describe, verbs.DescribeForm, statuses=_ALL),
        Offer(
            "change_severity",
            _("Change severity"),
            transitions.change_severity,
            verbs.SeverityForm,
            _("The clocks are computed anew from the moment of detection."),
        ),
        Offer("assign", _("Assign a role"), roles.assign, verbs.AssignForm),
        Offer(
            "mitigate",
            CONTAINED,
            transitions.mitigate,
            verbs.MitigateForm,
            _("The cause may remain. This stops the response clock."),
            statuses=(Status.TRIAGE, Status.ACTIVE),
        ),
        Offer(
            "resolve",
            _("Resolve"),
            transitions.resolve,
            verbs.ResolveForm,
            _("It is over for the people affected."),
        ),
        Offer(
            "assess",
            _("Which of these is it?"),
            triage.assess,
            ways.AssessForm,
            _("The worst first. Not sure? Take the higher one."),
            statuses=(Status.TRIAGE,),
            template="incidents/assess.html",
        ),
        Offer(
            "defer",
            _("Leave it for a release"),
            exits.defer,
            ways.DeferForm,
            _("It is real, and no hotfix. This stops the response clock."),
            statuses=tuple(exits.DEFER.sources),
        ),
        Offer(
            "mark_duplicate",
            _("Mark as a duplicate"),
            exits.mark_duplicate,
            ways.DuplicateForm,
            _("The other one goes on, and says that this one is the same."),
            statuses=tuple(exits.MARK_DUPLICATE.sources),
        ),
        Offer(
            "decline",
            _("Decline"),
            exits.decline,
            ways.DeclineForm,
            _("It is no incident: a false alarm, or not ours. Its clocks end."),
            statuses=tuple(exits.DECLINE.sources),
        ),
        Offer(
            "close",
            _("Close"),
            closing.close,
            ways.CloseForm,
            _("Nothing is left to watch. What is due afterwards goes on."),
            statuses=tuple(closing.CLOSE.sources),
            warn=_held,
        ),
        Offer(
            "pause_clock",
            _("Pause a clock"),
            clock_verbs.pause_clock,
            times.PauseForm,
            _("Its time does not count until it goes on. What has run out stays late."),
            statuses=_ALL,
            prefill=("clock",),
        ),
        Offer(
            "resume_clock",
            _("Let a clock go on"),
            clock_verbs.resume_clock,
            times.ResumeForm,
            _("It is due later by as long as it was paused."),
            statuses=_ALL,
            prefill=("clock",),
        ),
        Offer(
            "waive_clock",
            _("Waive a clock"),
            clock_verbs.waive_clock,
            times.WaiveForm,
            _("Nobody has to do any more what it asks for. Who waived it, and why, stays on record."),
            statuses=_ALL,
            prefill=("clock",),
        ),
        Offer(
            "reopen",
            _("Reopen"),
            transitions.reopen,
            verbs.ReopenForm,
            _("The response clock starts again."),
            statuses=_ENDED,
        ),
    )
}


def menu(incident: Incident) -> list[Offer]:
    """What "More" lists: everything that fits the status and is not a note (that has its own box)."""
    done = {"acknowledge"} if incident.acknowledged_at else set()
    held = {"lead"} if incident.lead_id else set()
    # Each clock offers its own in its sum.
    left_out = done | held | {"note", "pause_clock", "resume_clock", "waive_clock"}
    return [
        offer for offer in OFFERS.values() if incident.status in offer.statuses and offer.verb not in left_out
    ]
