"""What everything that `./run up` starts keeps in memory, a minute after the last request, with one open page.

PSS counts a page of memory that several processes share once; the sum of RSS counts it in each of them.
"""

import time
from pathlib import Path

import psutil

from benchmarks import Figure, Say, Unable
from benchmarks.browser import chromium, opened, signed_in
from benchmarks.house import house

IDLE_S = 60
LIMIT_MB = 350


def measure(say: Say) -> list[Figure]:
    with house() as site, chromium() as browser:
        incident = site.inside.do("incident", entries=20)
        context = signed_in(browser, site.address)
        for path in ("/", "/incidents/", "/monitoring/", "/declare/"):  # what a first user touches
            page = context.new_page()
            page.goto(site.address + path)
            page.close()
        opened(context, site.address + incident["path"])
        site.inside.process.stdin.close()  # type: ignore[union-attr]
        site.inside.process.wait(10)
        say(f"{IDLE_S} s of rest …")
        time.sleep(IDLE_S)
        pss, rss = read(site.processes)
    return [
        Figure("memory: all processes, shared once (PSS)", "MB", (sum(pss.values()),), limit=LIMIT_MB, parts=pss),
        Figure("memory: sum of RSS", "MB", (sum(rss.values()),), parts=rss),
    ]  # fmt: skip


def read(processes: list[psutil.Process]) -> tuple[dict[str, float], dict[str, float]]:
    """PSS and RSS in MB (10⁶ bytes) by what the processes are."""
    pss: dict[str, float] = {}
    rss: dict[str, float] = {}
    for process in processes:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()[1:]}
        name = role(" ".join(process.cmdline()))
        pss[name] = pss.get(name, 0) + sizes["Pss"] * 1024 / 1e6
        rss[name] = rss.get(name, 0) + sizes["Rss"] * 1024 / 1e6
    if set(pss) != {"supervisor", "web", "worker", "PostgreSQL"}:
        raise Unable(f"unexpected processes: {sorted(pss)}")
    return pss, rss


def role(command: str) -> str:
    """Which part of Nightdesk a command line is."""
    if "config.web" in command:
        return "web"
    if "celery" in command:
        return "worker"
    return "PostgreSQL" if "postgres" in command.split(" ")[0] else "supervisor"
