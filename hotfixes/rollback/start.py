"""How a rollback begins: by the decision, or by a person's word. The row that its checklist and its record hang on."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.models import User
from foundation import moment, rounds
from foundation.crash import crashpoint
from foundation.refs import next_number
from hotfixes.models import Decision, Hotfix, Rollback, RollbackStep
from hotfixes.preview import asking
from hotfixes.rollback import checklist, ending, releases
from hotfixes.rollback.shapes import Way
from hotfixes.rollback.ways import preview_data, way, ways
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import OPEN, Incident, Mode, TimelineEvent
from incidents.telling import recipients
from incidents.timeline.timeline import MACHINE
from products.models import Product
from products.vocabulary import EventKind

START = Step(EventKind.ROLLBACK_STARTED, OPEN)


def decided(decision: Decision, *, by: User, event: TimelineEvent) -> Rollback | None:
    """What a decision begins or ends, in its transaction. One that is under way by the same option goes on, unless
    something was brought out since it was back. None for what begins no row: another choice, and a story that is told
    afterwards.
    """
    under_way = (
        Rollback.objects.open().filter(incident=decision.incident_id).select_for_update(of=("self",)).first()
    )
    if decision.choice != "rollback":
        if under_way and under_way.back_at is None and decision.choice in ("hotfix", "defer"):
            ending.replaced(under_way, event)
        return None
    incident = Incident.objects.for_page().get(pk=decision.incident_id)
    if incident.mode == Mode.RETROSPECTIVE:
        return None
    same = under_way is not None and under_way.option_key == decision.option
    if under_way and same and not _gone_on(incident, under_way):
        under_way.decision = decision
        under_way.save(update_fields=["decision"])
        return under_way
    if under_way:
        ending.replaced(under_way, event)
    return begin(incident, decision.option, by=by, at=event.occurred_at, decision=decision)


def _gone_on(incident: Incident, rollback: Rollback) -> bool:
    """Whether what it brought back runs no more: another version was brought out since, by a report or by a word."""
    if rollback.back_at is None:
        return False
    if incident.events.filter(kind=EventKind.DEPLOYED, occurred_at__gt=rollback.back_at).exists():
        return True
    runs = releases.running(incident, rollback.product)
    since = runs.since if runs else None
    return bool(runs and since and since > rollback.back_at and runs.version != rollback.to_version)


@transaction.atomic
def begin(
    incident: Incident,
    option: str,
    *,
    by: User | None,
    at: datetime,
    decision: Decision | None = None,
    product: Product | None = None,
    told: bool = False,
) -> Rollback:
    """For who holds the incident. `told`: the timeline says already that it has begun, so it is not said again."""
    product = product or incident.product
    chosen = way(incident, option, at, product)
    ref = f"RB-{(number := next_number('RB'))}"
    # What somebody had begun before the row was there is joined, not begun twice.
    since = recipients.opened_at(incident)
    said = incident.events.filter(kind=EventKind.ROLLBACK_STARTED, recorded_at__gte=since)
    fresh = told or (not incident.rollbacks.exists() and said.exists())
    if not fresh:
        facts: dict[str, Any] = {"implied_by": str(EventKind.DECIDED)} if decision else {}
        perform(
            incident, START, by=by, at=at, measured=True, source=MACHINE, subject=ref, rollback=ref,
            what=chosen["title"] if chosen else "", **facts,
        )  # fmt: skip
    made = Rollback.objects.create(
        number=number,
        incident=incident,
        product=product,
        decision=decision,
        hotfix=_undone(incident, product, chosen),
        option_key=option,
        started_at=at,
        started_by=by,
        look_at=moment.now(),
        **_facts(incident, product, chosen),
    )
    RollbackStep.objects.bulk_create(checklist.prepared(made, chosen))
    asking.ask(incident, product)
    crashpoint("verb.rollback_begun")
    return made


def _facts(incident: Incident, product: Product, chosen: Way | None) -> dict[str, Any]:
    if chosen is None:
        return {"option": {}}
    preview = preview_data(product, chosen["from_ref"], chosen["target_ref"])
    return {
        "option": dict(chosen),
        "from_version": chosen["from_version"][:80],
        "to_version": chosen["target_version"][:80],
        "from_ref": chosen["from_ref"],
        "to_ref": chosen["target_ref"],
        "preconditions": chosen["preconditions"],
        "preview": preview.data if preview else {},
        "preview_digest": preview.digest if preview else "",
    }


def _undone(incident: Incident, product: Product, chosen: Way | None) -> Hotfix | None:
    """The hotfix that made it worse (A37): of this incident and deployed, or what runs is one of an earlier one that
    its readers may know of.
    """
    mine = incident.hotfixes.filter(product=product, taken_back_at=None).order_by("-number")
    if out := next((one for one in mine if one.was_out()), None):
        return out
    if chosen is None or not chosen["from_version"]:
        return None
    known = product.hotfixes.filter(incident__private=False, incident__mode=incident.mode)
    return known.filter(new_version=chosen["from_version"]).order_by("-number").first()


def adopt() -> int:
    """Rows for rollbacks that were begun by a person's word alone; how many. For the ticker."""
    said = TimelineEvent.objects.filter(incident=OuterRef("pk"), kind=EventKind.ROLLBACK_STARTED)
    waiting = Incident.objects.open().filter(remedy_at__isnull=False).exclude(mode=Mode.RETROSPECTIVE)
    rows = Rollback.objects.filter(_joins(OuterRef("begun_at")), incident=OuterRef("pk"))
    # The last word counts: what an earlier one began may have ended since.
    last = Subquery(said.order_by("-seq").values("occurred_at")[:1])
    begun = waiting.annotate(begun_at=last).filter(begun_at__isnull=False).exclude(Exists(rows))
    return rounds.each("rollback.adopt", list(begun.order_by().values_list("pk", flat=True)[:20]), _adopted)


def _joins(begun_at: Any) -> Q:
    """Rollbacks that a word of that moment means."""
    return Q(status=Rollback.Status.OPEN) | Q(started_at__gte=begun_at)


def _adopted(pk: int) -> bool:
    with transaction.atomic():
        locked = Incident.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk)
        if not locked.exists():
            return False
        incident = Incident.objects.for_page().get(pk=pk)
        event = incident.events.filter(kind=EventKind.ROLLBACK_STARTED).latest("seq")
        if incident.rollbacks.filter(_joins(event.occurred_at)).exists():
            return False
        fitting = [one["key"] for one in ways(incident, moment.now()) if one["fits"]]
        option = fitting[0] if len(fitting) == 1 else ""
        begin(incident, option, by=event.actor, at=event.occurred_at, told=True)
        return True
