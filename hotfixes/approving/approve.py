"""The verbs `approve` and `withdraw_approval`, for repositories without a forge (K95).

An approval names the head that was read and a digest of what was shown of it. Four eyes are the database's rule too
(migration 0012): page, API and plain SQL are refused alike.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from hotfixes.checks.shapes import short
from hotfixes.models import Approval, CheckResult, Hotfix, RefObservation
from hotfixes.observing import asking
from hotfixes.said.second import refuse_author
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import OPEN, Incident
from incidents.work.report import check_moment
from products.repository import Forge
from products.vocabulary import EventKind

APPROVE = Step(EventKind.APPROVED, OPEN)
WITHDRAW = Step(EventKind.APPROVAL_DISMISSED, OPEN)


@dataclass(frozen=True)
class Change:
    """What is to be approved, as the last look found it. `files`: up to a hundred of {path, added, deleted}; `lines`
    and `count` are of all. `digest` is of all of this.
    """

    head: str
    base: str
    branch: str
    count: int
    lines: int
    files: list[dict[str, Any]]
    subjects: list[str]
    digest: str


class Moved(TooLate):
    """The branch has gone on: what was read is not what would be approved."""

    def __init__(self, incident: Incident, head: str) -> None:
        super().__init__(incident, APPROVE)
        self.head = head

    @property
    def words(self) -> str:
        return _("The branch has gone on to %s: read that, then approve it.") % short(self.head)


class Own(PermissionDenied):
    """Whoever wrote it, asked for the review or began the hotfix does not approve it."""


def change(hotfix: Hotfix) -> Change | None:
    """None while the repository was not looked at, has no branch of it, or a forge keeps the reviews."""
    found = CheckResult.objects.filter(hotfix=hotfix, key="approval", superseded_at=None).first()
    facts = found.facts if found else {}
    if not facts.get("here") or not facts.get("head"):
        return None
    same = {name: facts[name] for name in ("head", "base", "branch", "count", "lines", "files", "subjects")}
    return Change(**same, digest=digest_of(same))


def digest_of(facts: dict[str, Any]) -> str:
    """sha256 of canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def approve(hotfix: Hotfix, *, by: User, head: str, digest: str = "", at: datetime | None = None) -> Approval:
    """`head`: what `by` has read, whole; `digest` of what was shown. Raises Own, Moved, TooLate or ValidationError."""
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=hotfix.incident_id)
        hotfix = Hotfix.objects.select_related("repository", "started_by").get(pk=hotfix.pk)
        shown = _shown(hotfix)
        now = _seen_last(hotfix, shown) or shown.head
        if head != now or head != shown.head or digest not in ("", shown.digest):
            raise Moved(incident, now)
        asked_by = _refuse_own(hotfix, incident, by)
        if Approval.objects.filter(hotfix=hotfix, head=head, by=by, withdrawn_at=None).exists():
            raise ValidationError(_("You have approved %s already.") % short(head))
        check_moment(incident, at)
        roles = incident.assignments.filter(user=by, until=None).order_by("since", "pk")
        role = ", ".join(roles.values_list("label", flat=True))[:80]
        event = perform(
            incident, APPROVE, by=by, at=at, hotfix=hotfix.ref, approval=True, head=head, base=shown.base,
            files=shown.count, lines=shown.lines, digest=shown.digest, role=role,
        )  # fmt: skip
        try:
            with transaction.atomic():
                made = Approval.objects.create(
                    hotfix=hotfix, head=head, by=by, requested_by=asked_by, role=role, at=event.occurred_at,
                    digest=shown.digest, event=event,
                )  # fmt: skip
        except IntegrityError as error:  # the trigger knows an author that nobody looked for above
            raise Own(_own()) from error
        asking.ask(hotfix)
        return made


def withdraw_approval(hotfix: Hotfix, *, by: User, reason: str) -> Approval:
    """One's own, with the reason. Raises TooLate or ValidationError by field."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the next reader was not there.")})
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=hotfix.incident_id)
        rows = Approval.objects.select_for_update().filter(hotfix=hotfix, by=by, withdrawn_at=None)
        made = rows.order_by("-pk").first()
        if made is None:
            raise ValidationError(_("You have approved nothing here that could be taken back."))
        perform(
            incident, WITHDRAW, by=by, text=reason.strip(), hotfix=hotfix.ref, approval=True, head=made.head
        )
        made.withdrawn_at = moment.now()
        made.save(update_fields=["withdrawn_at"])
        asking.ask(hotfix)
        return made


def approvals(hotfix: Hotfix) -> list[Approval]:
    """Those that stand, the first one first."""
    rows = Approval.objects.filter(hotfix=hotfix, withdrawn_at=None)
    return list(rows.select_related("by", "event").order_by("pk"))


def _shown(hotfix: Hotfix) -> Change:
    if not hotfix.is_open:
        raise ValidationError(_("%s is over: nothing of it is approved any more.") % hotfix.ref)
    if hotfix.repository is None:
        raise ValidationError(_("No repository is connected: nobody can tell what would be approved."))
    if hotfix.repository.forge != Forge.NONE:
        raise ValidationError(_("Its forge keeps the reviews: approve it there."))
    found = change(hotfix)
    if found is None:
        raise ValidationError(_("There is no change to approve yet."))
    return found


def _seen_last(hotfix: Hotfix, shown: Change) -> str | None:
    """Where the branch stood at the last look, judged or not."""
    rows = RefObservation.objects.filter(repository=hotfix.repository_id, name=shown.branch)
    last = rows.exclude(commit="").order_by("-pk").first()
    return last.commit if last else None


def _refuse_own(hotfix: Hotfix, incident: Incident, by: User) -> User | None:
    """Who asked for the review, if anybody did."""
    asked = incident.events.filter(kind=EventKind.REVIEW_REQUESTED, actor__isnull=False)
    last = asked.select_related("actor").order_by("-seq").first()
    requested_by = last.actor if last else hotfix.started_by
    try:
        refuse_author(hotfix, incident, by)
    except ValidationError as error:
        raise Own(_own()) from error
    if by in (requested_by, hotfix.started_by):
        raise Own(_own())
    return requested_by


def _own() -> str:
    return _("It needs somebody else: you wrote the fix, asked for its review or began it.")
