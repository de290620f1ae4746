"""A real Alertmanager sends what fires, and what is over, to the running app."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from foundation import moment
from foundation.written import utc
from incidents.models import Incident
from monitoring.alerts.sources import connect, url_of
from monitoring.models import Alert
from tests.factories import make_product
from tests.monitoring.alerts.conftest import story, work
from tests.patience import until

CONFIG = """
route: {{receiver: nightdesk, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: nightdesk, webhook_configs: [{{url: '{url}', send_resolved: true}}]}}]
"""


@pytest.fixture
def alertmanager(asgi_server: str, tmp_path: Path) -> Iterator[str]:
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if not program:
        pytest.skip("no Alertmanager on this machine (apt install prometheus-alertmanager)")
    source = connect(make_product(), by=None, tool="alertmanager", name="Prometheus")
    path = url_of(source).removeprefix("http://localhost:8000")
    (tmp_path / "am.yml").write_text(CONFIG.format(url=asgi_server + path))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [program, f"--config.file={tmp_path / 'am.yml'}", f"--storage.path={tmp_path / 'data'}",
         f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error"],
    )  # fmt: skip
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


@pytest.mark.django_db(transaction=True)
def test_it_fires_once_and_is_over_once(alertmanager: str) -> None:
    labels, began = {"alertname": "Errors", "severity": "high"}, utc(moment.now() - timedelta(minutes=1))

    def tell(**more: str) -> bool:
        body = [{"labels": labels, "annotations": {"summary": "5 % fail"}, "startsAt": began, **more}]
        try:
            return httpx.post(f"{alertmanager}/api/v2/alerts", json=body).status_code == 200
        except httpx.TransportError:
            return False

    def told(state: str) -> bool:
        work()
        return Alert.objects.filter(state=state).exists()

    until(tell, "Alertmanager listens")
    until(lambda: told("firing"), "the alert fires here")
    assert tell(endsAt=utc(moment.now()))
    until(lambda: told("resolved"), "the alert is over here")
    incident = Incident.objects.get()
    assert (incident.title, story(incident)) == (
        "Errors: 5 % fail",
        ["declared", "alert_received", "alert_received"],
    )
