"""A real Prometheus: the number of errors of a service that it scrapes becomes a count that a watch can stand on."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from foundation import moment
from monitoring.add import add
from monitoring.counts import Source, sources
from monitoring.models import Monitor
from monitoring.sweep import probe_due
from tests.factories import make_product
from tests.monitoring.conftest import Service
from tests.patience import until

QUERY = 'sum(increase(app_errors_total[10s])) and on() (min(up{job="app"}) == 1)'


@pytest.fixture
def prometheus(service: Service, tmp_path: Path) -> Iterator[str]:
    program = shutil.which("prometheus")
    if not program:
        pytest.skip("no prometheus on this machine (apt install prometheus)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "prometheus.yml").write_text(
        "global: {scrape_interval: 200ms, scrape_timeout: 200ms}\n"
        f"scrape_configs: [{{job_name: app, static_configs: [{{targets: ['127.0.0.1:{service.port}']}}]}}]\n"
    )
    process = subprocess.Popen(
        [program, f"--config.file={tmp_path / 'prometheus.yml'}", f"--storage.tsdb.path={tmp_path / 'data'}",
         f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"],
    )  # fmt: skip
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


@pytest.mark.django_db(transaction=True)
def test_errors_of_a_service_are_read_from_prometheus_and_none_of_one_that_is_gone(
    service: Service, prometheus: str
) -> None:
    """K62."""
    service.headers = {"Content-Type": "text/plain; version=0.0.4"}
    service.body = b"app_errors_total 0\n"
    facts = {"expect": {"query": QUERY}, "interval_s": 1, "opens_incident": False}
    monitor = add(make_product(), by=None, kind="prometheus", target=prometheus, name="Errors", **facts)
    begun = moment.now() - timedelta(minutes=1)

    def look() -> Monitor:
        Monitor.objects.filter(pk=monitor.pk).update(due_at=moment.now())
        assert probe_due() == 1
        monitor.refresh_from_db()
        return monitor

    def source() -> Source:
        return sources(monitor.product_id, begun)["errors"][0]

    until(
        lambda: look().code == "" and monitor.targets.get().state == "up",
        "the first number",
        seconds=60,
        every=0.1,
    )
    now = moment.now()
    assert (source().counted(begun, now).count, bool(source().counted(begun, now).spans)) == (0, True)
    service.body = b"app_errors_total 4\n"
    until(
        lambda: look() and source().counted(begun, moment.now()).count >= 4,
        "four errors",
        seconds=60,
        every=0.1,
    )
    service.kill()
    until(lambda: look().code == "no_count", "no number any more", seconds=60, every=0.1)
    assert monitor.targets.get().seen == "unknown", "what it cannot reach has not no errors"
    assert monitor.looked_at
    assert monitor.due_at > monitor.looked_at, "the next look has its time"
