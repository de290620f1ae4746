"""Alerts of other tools become incidents: one opens one, others join it, and what is over is told. Never resolved here.

Changes travel up as rows (monitoring.AlertChange), those of one product at once and in the order they were judged, so
that a storm is one incident and a few lines of its timeline. Where a firing alert goes, the first that fits:

1. the open incident that it is in already, or that this is a duplicate of (alerts_handed_on), unless its source calls
   it worse since then than that incident is;
2. the open incident that another alert of its group is in, unless this one is worse;
3. the incident of the product and its environment that was opened less than JOINED_WITHIN ago, by whomever, unless this
   one is worse; drills and private incidents are never joined;
4. one of its own, if its source opens incidents.

While its whole product is in maintenance, one that is in no open incident, or is worse by now than the one that it is
in, waits as a row (monitoring.maintenance.held_back); what still fires when that ends goes on as if it fired then.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from foundation import moment, rounds
from foundation.crash import crashpoint
from incidents.lifecycle import alert_entries
from incidents.lifecycle.alert_severity import severity_of
from incidents.lifecycle.declare import declare
from incidents.models import Alerted, Incident, Mode, Status
from monitoring.alerts.raised import raised
from monitoring.maintenance import held_back
from monitoring.models import Alert, AlertChange, AlertState
from products.models import Product, Severity

JOINED_WITHIN = timedelta(minutes=5)
# What began longer ago than this when it was first heard of is detected now: clocks must not run out unseen.
HEARD_WITHIN = timedelta(hours=1)


def take_in(limit: int = 200, *, seconds: float = 60.0) -> int:
    """Handles changes of up to `limit` at a time, product by product; returns how many. A product that cannot be
    handled, or is another worker's at this moment, holds back its own only."""
    handled, passed, until = 0, set[int](), time.monotonic() + seconds
    while product := _waiting(passed):
        done = rounds.attempt("alerting", product, lambda pk: _take(pk, limit))
        handled += done or 0
        if not done:
            passed.add(product)
        if handled and time.monotonic() >= until:
            break
    return handled


def _waiting(passed: set[int]) -> int | None:
    rows = AlertChange.objects.filter(handled_at=None).exclude(alert__source__product__in=passed)
    rows = held_back.due(rows, moment.Read())
    return rows.order_by("pk").values_list("alert__source__product_id", flat=True).first()


def _take(product_id: int, limit: int) -> int:
    with transaction.atomic():
        if not _turn(product_id):
            return 0
        rows = AlertChange.objects.filter(handled_at=None, alert__source__product=product_id).order_by("pk")
        rows = held_back.due(rows, moment.now())
        changes = list(
            rows.select_related("alert__source__environment", "alert__source__product", "by")[:limit]
        )
        product = Product.objects.select_related("team", "process").get(pk=product_id)
        house = _House(product, changes, raised(rows))
        entries: dict[tuple[int, int, str, int, int, str], list[AlertChange]] = {}
        times = Counter[int]()
        for change in sorted(changes, key=lambda one: house.place(one.alert)):
            if house.holds(change):
                change.held_at = change.held_at or house.now
                continue
            known = house.knows(change)
            incident = house.of(change)
            times[change.alert_id] += 1
            if incident and not known:
                teller = (change.alert.source_id, change.by_id or 0, change.token)
                entry = (times[change.alert_id], incident.pk, change.state, *teller)
                entries.setdefault(entry, []).append(change)
            change.handled_at, change.outcome = house.now, incident.ref if incident else ""
        house.save()
        for entry in sorted(entries, key=lambda one: one[0]):
            told = entries[entry]
            alert_entries.tell(house.held[entry[1]], told, at=max(house.seen_at(change) for change in told))
        AlertChange.objects.bulk_update(changes, ["held_at", "handled_at", "outcome"])
        house.let_go(changes)
        crashpoint("ingest.alert_told")
    return len(changes)


def _turn(product_id: int) -> bool:
    """Two workers at once would open two incidents of one storm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"nightdesk.alerting.{product_id}"])
        return bool(cursor.fetchone()[0])


class _House:
    """The product's incidents that alerts may belong to, and where each goes."""

    def __init__(self, product: Product, changes: Sequence[AlertChange], raised: Collection[int]) -> None:
        self.product, self.now, self.raised = product, moment.now(), raised
        self.maintenance = held_back.spans_of(product.pk, changes, self.now)
        self.severities = list(product.severities())
        self.held: dict[int, Incident] = {}
        self.of_alert: dict[int, Incident] = {}
        self.of_group: dict[tuple[int, str], Incident] = {}
        self.new: list[Alerted] = []
        self.moved: dict[int, Alert] = {}
        self._read([change.alert for change in changes])
        self.passed_over = self._passed_over(changes)

    def _read(self, alerts: Sequence[Alert]) -> None:
        sources, groups = {one.source_id for one in alerts}, {one.group for one in alerts if one.group}
        near = Q(alert__in=alerts) | Q(alert__source__in=sources, alert__group__in=groups)
        own = Q(incident__product=self.product)
        own |= Q(handed_on=True, incident__product__team=self.product.team_id)
        known = list(
            Alerted.objects.filter(near, own, incident__status__in=_TOLD)
            .order_by("incident")
            .values_list("incident", "alert", "alert__source", "alert__group")
        )
        young = Q(status__in=_OPEN, declared_at__gt=self.now - JOINED_WITHIN, product=self.product)
        rows = Incident.objects.filter(Q(pk__in={row[0] for row in known}) | young).order_by("pk")
        rows = rows.select_related("product__team", "severity")
        self.held = {one.pk: one for one in rows.select_for_update(of=("self",))}
        for pk, alert, source, group in known:
            incident = self.held[pk]
            if incident.is_open or alert not in self.of_alert or not self.of_alert[alert].is_open:
                self.of_alert[alert] = incident
            if group and incident.is_open:
                self.of_group[source, group] = incident

    def place(self, alert: Alert) -> tuple[int, bool]:
        """The worst go first, so that the others find its incident open; the changes of one alert stay in order."""
        severity = self._severity(alert)
        return (severity or self.severities[0]).rank, severity is None

    def has(self, alert: Alert) -> bool:
        """An open incident knows of it."""
        own = self.of_alert.get(alert.pk)
        return own is not None and own.is_open

    def _passed_over(self, changes: Sequence[AlertChange]) -> set[int]:
        """What became of an alert within maintenance counts at its end: its last change of that time only."""
        last: dict[int, int] = {}
        within = [
            one
            for one in changes
            if one.alert_id not in self.of_alert and (self.maintenance.is_on or self.maintenance.end_of(one))
        ]
        for one in within:
            last[one.alert_id] = one.pk
        return {one.pk for one in within} - set(last.values())

    def holds(self, change: AlertChange) -> bool:
        """It waits for the end of the maintenance that is on; in an open incident only what is worse than that."""
        if change.pk in self.passed_over or not self.maintenance.is_on:
            return False
        if self.has(change.alert) and not self._is_worse(change):
            return False
        source = change.alert.source
        return change.state == AlertState.FIRING and source.opens_incident and source.is_heard

    def let_go(self, changes: Sequence[AlertChange]) -> None:
        """What was over within the maintenance that held it back opens nothing."""
        if self.maintenance.is_on:
            over = {one.alert_id for one in changes if one.state == AlertState.RESOLVED}
            held = AlertChange.objects.filter(alert__in=over, handled_at=None, held_at__isnull=False)
            held.exclude(pk__in=[one.pk for one in changes]).update(handled_at=self.now)

    def seen_at(self, change: AlertChange) -> datetime:
        """When it happened, or when it was heard of where that is long ago; what was held back, when that ended."""
        if change.state == AlertState.FIRING and (end := self.maintenance.end_of(change)):
            return end
        return change.at if change.recorded_at - change.at < HEARD_WITHIN else change.recorded_at

    def knows(self, change: AlertChange) -> bool:
        """It is no news to the open incident that it is in."""
        repeated = change.again or change.held_at is not None or change.pk in self.raised
        return repeated and self.has(change.alert) and not self._outgrows(change)

    def _outgrows(self, change: AlertChange) -> bool:
        """It is for another incident than the open one that it is in."""
        return self._is_worse(change) and not self.maintenance.is_on

    def _is_worse(self, change: AlertChange) -> bool:
        """Its source calls it worse by now than the incident that it is in; what is private stays there."""
        own, severity = self.of_alert[change.alert_id], self._severity(change.alert)
        if change.pk not in self.raised or severity is None or own.private:
            return False
        return severity.rank < own.severity.rank

    def of(self, change: AlertChange) -> Incident | None:
        """Where the change is told; None for nowhere."""
        alert = change.alert
        if change.pk in self.passed_over:
            return None
        if change.state == AlertState.RESOLVED or (self.has(alert) and not self._outgrows(change)):
            return self.of_alert.get(alert.pk)
        source = alert.source
        if not source.opens_incident or not source.is_heard:
            return None
        end = self.maintenance.end_of(change)
        if end and not alert.is_firing and alert.since <= end:
            return None
        incident = self._joined(alert)
        opened = incident is None
        if incident is None:
            incident = self._opened(alert, change)
        self._put(alert, incident, opened=opened)
        return incident

    def _joined(self, alert: Alert) -> Incident | None:
        """The incident of its group, else the worst young one; not one that is less severe than the alert."""
        severity = self._severity(alert) or self.severities[0]
        young = [one for one in self.held.values() if self._is_young(one) and _same_place(one, alert)]
        young.sort(key=lambda one: (one.severity.rank, one.declared_at))
        of_group = self.of_group.get((alert.source_id, alert.group))
        known = [one for one in (of_group, *young) if one and _may_join(one)]
        return next((one for one in known if one.severity.rank <= severity.rank), None)

    def _is_young(self, incident: Incident) -> bool:
        young = incident.declared_at > self.now - JOINED_WITHIN
        return young and incident.is_open and incident.product_id == self.product.pk

    def _opened(self, alert: Alert, change: AlertChange) -> Incident:
        incident = declare(
            self.product,
            by=None,
            title=alert.title,
            severity=self._severity(alert),
            detected_at=min(self.seen_at(change), self.now),
            environment=alert.source.environment,
            source=alert_entries.ALERT,
            label=str(alert.source),
        )
        self.held[incident.pk] = incident
        return incident

    def _put(self, alert: Alert, incident: Incident, *, opened: bool) -> None:
        self.of_alert[alert.pk] = incident
        if alert.group:
            self.of_group[alert.source_id, alert.group] = incident
        alert.incident = incident.ref
        self.moved[alert.pk] = alert
        self.new.append(Alerted(incident=incident, alert=alert, since=self.now, opened=opened))

    def _severity(self, alert: Alert) -> Severity | None:
        return severity_of(alert, self.severities)

    def save(self) -> None:
        Alerted.objects.bulk_create(self.new, ignore_conflicts=True)
        Alert.objects.bulk_update(self.moved.values(), ["incident"])


_OPEN = (Status.TRIAGE, Status.ACTIVE, Status.MONITORING)
# Whoever resolved it wants to read that the alert is over, too.
_TOLD = (*_OPEN, Status.RESOLVED)


def _may_join(incident: Incident) -> bool:
    return incident.is_open and not incident.private and incident.mode == Mode.LIVE


def _same_place(incident: Incident, alert: Alert) -> bool:
    places = {incident.environment_id, alert.source.environment_id} - {None}
    return len(places) < 2
