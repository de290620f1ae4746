"""The programs that probing is held against, and the server that all of them ask.

Set-up: apt-get install prometheus-blackbox-exporter wrk
"""

import re
import resource
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.figure import Unable
from benchmarks.house import free_port
from tests.setup.running import ROOT

ANSWERERS = 3
MODULE = "modules: {http_2xx: {prober: http, timeout: 5s, http: {preferred_ip_protocol: ip4}}}\n"


@contextmanager
def answering() -> Iterator[str]:
    """The address of the local server."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "benchmarks.answering", str(port), str(ANSWERERS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin
    assert process.stdout
    try:
        if process.stdout.readline() != "listening\n":
            raise Unable("the server to be probed did not start")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


class Exporter:
    """prometheus-blackbox-exporter, asked by wrk to probe one target again and again."""

    def __init__(self, place: Path, target: str) -> None:
        program = found("prometheus-blackbox-exporter")
        port = free_port()
        settings = place / "blackbox.yml"
        settings.write_text(MODULE)
        self.address = f"http://127.0.0.1:{port}/probe?module=http_2xx&target={target}"
        self.process = subprocess.Popen(  # noqa: S603
            [program, f"--config.file={settings}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def check(self) -> None:
        """Fails unless it really reaches the target."""
        until = time.monotonic() + 10
        while True:
            try:
                with urllib.request.urlopen(self.address, timeout=5) as answer:  # noqa: S310
                    text = answer.read().decode()
                break
            except OSError as error:
                if time.monotonic() > until:
                    raise Unable(f"prometheus-blackbox-exporter does not answer: {error}") from error
                time.sleep(0.1)
        if "\nprobe_success 1\n" not in text:
            raise Unable(f"prometheus-blackbox-exporter cannot probe:\n{text}")

    def rate(self) -> float:
        """Probes a second of this process's CPU."""
        was = cpu(self.process.pid)
        probes, _ = wrk(self.address, "-c20")
        self.check()
        return probes / (cpu(self.process.pid) - was)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def wrk(url: str, *options: str) -> tuple[int, float]:
    """Requests answered well in three seconds, and the CPU seconds wrk needed for them."""
    was = _children()
    ended = subprocess.run(  # noqa: S603
        [found("wrk"), "-t1", "-d3s", *options, url], capture_output=True, text=True, check=True
    )
    counted = re.search(r"(\d+) requests in", ended.stdout)
    if not counted or "Non-2xx" in ended.stdout:
        raise Unable(f"wrk: {ended.stdout}")
    return int(counted[1]), _children() - was


def wrk_rate(url: str) -> float:
    """Requests a second of CPU, each on a connection of its own."""
    requests, seconds = wrk(url, "-c50", "-H", "Connection: close")
    return requests / seconds


def cpu(pid: int) -> float:
    """CPU seconds a process has used so far."""
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise Unable(f"no {program} on this machine (apt-get install prometheus-blackbox-exporter wrk)")
    return path


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
