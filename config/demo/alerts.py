"""What other tools tell of the demo's products: one alert fires, one is over, one is held back by maintenance; and a
window is planned."""

import json
from datetime import datetime, timedelta
from typing import Any

from config.demo.stage import Stage, detected
from foundation import moment
from foundation.written import utc
from incidents.lifecycle import alerting
from incidents.models import Alerted, Incident
from monitoring.alerts.judging import judge_due
from monitoring.alerts.receiving import receive
from monitoring.alerts.sources import connect, key_of
from monitoring.maintenance.verbs import set_maintenance
from monitoring.models import Alert, AlertSource
from products.create_product import create_product
from products.models import Product
from products.setup.settling import finish


def told(stage: Stage) -> None:
    """After krow.deciding: its incident is the one that the alerts are part of."""
    at = detected(minutes=14)
    imports = _in_maintenance(stage)
    _planned(stage)
    metrics = connect(stage.staff, by=stage.visitor, tool="alertmanager", name="Prometheus")
    cron = connect(imports, by=stage.visitor, tool="generic", name="Nightly jobs")
    failures = _alert("ShiftStartFailures", "38 % of shift starts fail", at(0), severity="critical")
    queue = _alert("ImportQueueLong", "1,904 imports wait", at(2), severity="warning")
    _send(metrics, _group(failures, queue))
    _send(metrics, _group(queue | {"status": "resolved", "endsAt": utc(at(11))}))
    _send(cron, {"key": "import", "title": "The import of 04:00 did not run", "severity": "high"})
    judge_due()
    _belong(metrics, Incident.objects.latest("number"))
    alerting.take_in()


def _in_maintenance(stage: Stage) -> Product:
    """A product of its own: what the other two have to show must not be held back."""
    product = create_product(
        team=stage.staff.team,
        process=stage.staff.process,
        by=stage.visitor,
        name="Shift Import",
        version="2.4.0",
    )
    finish(product, by=stage.visitor)
    set_maintenance(product, by=stage.paula, lasts=timedelta(days=2), reason="Moves to the new import server")
    return product


def _planned(stage: Stage) -> None:
    start = moment.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    until = start + timedelta(minutes=90)
    set_maintenance(stage.staff, by=stage.paula, starts_at=start, ends_at=until, reason="New database")


def _belong(source: AlertSource, incident: Incident) -> None:
    """As if they had joined it while it was young."""
    alerts = list(Alert.objects.filter(source=source))
    Alerted.objects.bulk_create(
        [Alerted(incident=incident, alert=alert, since=incident.declared_at) for alert in alerts]
    )
    Alert.objects.filter(source=source).update(incident=incident.ref)


def _send(source: AlertSource, body: dict[str, Any]) -> None:
    receive(source, key_of(source), json.dumps(body).encode())


def _group(*alerts: dict[str, Any]) -> dict[str, Any]:
    """As Alertmanager writes it."""
    return {"version": "4", "groupKey": '{}:{job="staff-api"}', "alerts": list(alerts)}


def _alert(name: str, summary: str, began: datetime, severity: str) -> dict[str, Any]:
    labels = {"alertname": name, "severity": severity, "job": "staff-api"}
    return {
        "status": "firing", "labels": labels, "annotations": {"summary": summary}, "startsAt": utc(began),
        "endsAt": "0001-01-01T00:00:00Z", "generatorURL": f"https://prometheus.example.org/graph?g0.expr={name}",
    }  # fmt: skip
