"""A person's word about a check: that it is so (attest), or that it goes on although it is not (override).

No verdict is ever rewritten by it: the check goes on answering, the word stands beside it and in the report. The words
themselves are the event's alone (K87).
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.blobs import Upload
from foundation.crash import crashpoint
from hotfixes.lifecycle.telling_people import waived
from hotfixes.models import Attestation, CheckResult, Hotfix, Override
from hotfixes.observing import asking
from hotfixes.said import ticking
from hotfixes.said.second import alone, refuse_author
from hotfixes.standing.check_titles import TITLES
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import Incident, TimelineEvent
from incidents.work.checklist import ATTEST, REOPEN, check_reason, shown
from incidents.work.report import REPORTED_IN, check_address, check_moment, possible, report
from products.vocabulary import EventKind, Verdict

OVERRIDE = Step(EventKind.OVERRIDDEN, REPORTED_IN)
# Nobody waives these alone, nor for what they wrote themselves.
NEED_TWO = ("approval",)
# The event that a person states by vouching for the check: clocks and steps follow it.
STATES = {
    "cut_from_tag": EventKind.BRANCH_SEEN,
    "review_requested": EventKind.REVIEW_REQUESTED,
    "approval": EventKind.APPROVED,
    "merged": EventKind.MERGED,
    "tag_commit": EventKind.TAGGED,
    "deployed": EventKind.DEPLOYED,
    "smoke": EventKind.SMOKE_PASSED,
    "release_published": EventKind.RELEASED,
}


class Waived(TooLate):
    """Somebody has waived it already: `standing` is that."""

    def __init__(self, incident: Incident, standing: Override) -> None:
        super().__init__(incident, OVERRIDE)
        self.standing = standing

    @property
    def words(self) -> str:
        words = {"check": TITLES[self.standing.key], "who": self.standing.by}
        return _("%(who)s has waived “%(check)s” already.") % words


def override(hotfix: Hotfix, key: str, *, by: User, reason: str, at: datetime | None = None) -> Override:
    """Go on although the check does not say that it is done. For an approval a second person must agree (confirm).

    In a team of one there is none: it then says so, aloud. Raises Waived, TooLate or ValidationError by field.
    """
    check_reason(reason)
    with transaction.atomic():
        incident = _hold(hotfix, key)
        if standing := overridden(hotfix, key):
            raise Waived(incident, standing)
        facts = _facts(hotfix, key)
        if facts["verdict"] in (Verdict.PASS, Verdict.NOT_APPLICABLE):
            raise ValidationError({"key": _("There is nothing to waive: it is done, or not needed.")})
        check_moment(incident, at)
        two = _needs_two(incident, hotfix, key, by, facts)
        event = perform(incident, OVERRIDE, by=by, at=at, text=reason.strip(), waits=two, **facts)
        made = Override.objects.create(needs_second=two, **_row(hotfix, incident, by, facts, event))
        _after(hotfix, key, event, counts=not two)
        if key in NEED_TWO:
            waived(incident, hotfix, event, waits=two)
        return made


def confirm(hotfix: Hotfix, key: str, *, by: User, at: datetime | None = None) -> Override:
    """The second person agrees; from now on the override counts. Raises TooLate or ValidationError."""
    with transaction.atomic():
        incident = _hold(hotfix, key)
        found = overridden(hotfix, key)
        if found is None or not found.needs_second:
            raise ValidationError(_("Nobody has asked for a second person here."))
        if found.second:
            raise Waived(incident, found)
        if found.by == by:
            raise ValidationError(_("Somebody else must agree: you have waived it yourself."))
        refuse_author(hotfix, incident, by)
        check_moment(incident, at)
        facts = _facts(hotfix, key) | {"confirms": found.event.seq}
        event = perform(incident, OVERRIDE, by=by, at=at, **facts)
        found.second = by
        found.save(update_fields=["second"])
        _after(hotfix, key, event)
        return found


def attest(
    hotfix: Hotfix,
    key: str,
    *,
    by: User,
    text: str = "",
    url: str = "",
    file: Upload | None = None,
    at: datetime | None = None,
) -> Attestation:
    """`by` says that it is so, with words, a link or a file. Raises TooLate or ValidationError by field."""
    if url:
        check_address(url)
    with transaction.atomic():
        incident = _hold(hotfix, key)
        facts = _facts(hotfix, key)
        if key in NEED_TWO and not _is_alone(incident, facts):
            refuse_author(hotfix, incident, by)
        check_moment(incident, at)
        words = {"text": text, "url": url, "file": file, "at": at}
        event = _stated(incident, hotfix, key, by, words, facts)
        made = Attestation.objects.create(url=url, **_row(hotfix, incident, by, facts, event))
        _after(hotfix, key, event)
        return made


def withdraw(said: Override | Attestation, *, by: User, reason: str = "") -> TimelineEvent:
    """It does not hold after all. What was said stays on the timeline."""
    hotfix = said.hotfix
    with transaction.atomic():
        incident = _hold(hotfix, said.key)
        row = type(said)._default_manager.select_for_update().get(pk=said.pk)
        if row.withdrawn_at:
            raise ValidationError(_("It is taken back already."))
        facts = _facts(hotfix, said.key) | {"state": "open", "withdraws": said.event.seq}
        event = perform(incident, REOPEN, by=by, text=reason.strip(), **facts)
        row.withdrawn_at = said.withdrawn_at = moment.now()
        row.save(update_fields=["withdrawn_at"])
        ticking.untick(incident, said.key, said.event)
        asking.ask(hotfix)
        return event


def overridden(hotfix: Hotfix, key: str) -> Override | None:
    """The override that stands."""
    rows = Override.objects.filter(hotfix=hotfix, key=key, withdrawn_at=None)
    return rows.select_related("by", "second", "event").first()


def attested(hotfix: Hotfix, key: str) -> Attestation | None:
    """The last attestation that stands."""
    rows = Attestation.objects.filter(hotfix=hotfix, key=key, withdrawn_at=None)
    return rows.select_related("by", "event").last()


def _hold(hotfix: Hotfix, key: str) -> Incident:
    """The incident, locked."""
    incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=hotfix.incident_id)
    hotfix.refresh_from_db(fields=["status", "authors"])
    if key not in TITLES:
        raise ValidationError({"key": _("There is no such check.")})
    if hotfix.status == Hotfix.Status.ABANDONED:
        raise ValidationError(_("%s was abandoned: nothing of it is checked any more.") % hotfix.ref)
    return incident


def _facts(hotfix: Hotfix, key: str) -> dict[str, Any]:
    """What the event says of the check: which, and how it read at that moment."""
    found = hotfix.results.filter(key=key, superseded_at=None).first()
    box = hotfix.incident.checklist.filter(check_key=key).first()
    return {
        "check": key,
        "hotfix": hotfix.ref,
        "title": box.title if box else str(TITLES[key]),
        "verdict": str(found.verdict if found else Verdict.PENDING),
        "digest": digest(found),
    }


def digest(found: CheckResult | None) -> str:
    """sha256 of an answer as canonical JSON: sorted keys, no spaces, UTF-8; of an empty object for none."""
    names = ("key", "verdict", "summary", "proof", "facts") if found else ()
    return ticking.digest_of({name: getattr(found, name) for name in names})


def _needs_two(incident: Incident, hotfix: Hotfix, key: str, by: User, facts: dict[str, Any]) -> bool:
    if key not in NEED_TWO or _is_alone(incident, facts):
        return False
    refuse_author(hotfix, incident, by)
    return True


def _is_alone(incident: Incident, facts: dict[str, Any]) -> bool:
    """A team of one: said aloud in the event, and never called approved."""
    if alone(incident):
        facts["self_reviewed"] = True
    return "self_reviewed" in facts


def _row(
    hotfix: Hotfix, incident: Incident, by: User, facts: dict[str, Any], event: TimelineEvent
) -> dict[str, Any]:
    roles = incident.assignments.filter(user=by, until=None).order_by("since", "pk")
    return {
        "hotfix": hotfix,
        "key": facts["check"],
        "by": by,
        "role": ", ".join(roles.values_list("label", flat=True))[:80],
        "at": event.occurred_at,
        "verdict": facts["verdict"],
        "digest": facts["digest"],
        "event": event,
    }


def _stated(
    incident: Incident, hotfix: Hotfix, key: str, by: User, words: dict[str, Any], facts: dict[str, Any]
) -> TimelineEvent:
    """The event that the check waits for, if a person can state it here; else that they say so."""
    kind = STATES.get(key)
    kinds = list(incident.events.order_by("seq").values_list("kind", flat=True))
    if kind and not ticking.others_wait(hotfix, key) and possible(kind, kinds):
        return report(incident, kind, by=by, **words, **facts)
    return perform(incident, ATTEST, by=by, **shown(words), **facts, state="done")


def _after(hotfix: Hotfix, key: str, event: TimelineEvent, *, counts: bool = True) -> None:
    if counts:
        ticking.tick(hotfix, key, event)
    asking.ask(hotfix)
    crashpoint("verb.check_said")
