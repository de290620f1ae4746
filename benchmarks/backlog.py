"""A backlog as an alert storm leaves it: what a message costs, and whether it costs more among many.

By the CPU seconds of all of a Nightdesk, PostgreSQL with it: wall time is the machine's, and the other side's.
"""

import time

import psutil

from benchmarks import Figure, Say, Unable
from benchmarks.house import House, house
from tests.notifications.mailbox import mailbox
from tests.notifications.receiving import receiver

FEW, MANY, PATIENCE_S = 100, 1000, 900


def measure(say: Say) -> list[Figure]:
    found = []
    with (
        mailbox() as box,
        receiver(host="127.0.0.1") as phone,
        house(MAIL_URL=f"smtp://127.0.0.1:{box.port}", NIGHTDESK_WEBHOOK_NETWORKS="127.0.0.0/8") as site,
    ):
        room = site.inside.do("room", url=f"{phone.url}/hook")
        for name, channel in (("mails", 0), ("rooms", room)):
            _cost(site, channel, FEW)  # imports, caches, the first connections
            few, many = (_cost(site, channel, count) for count in (FEW, MANY))
            say(f"{name}: {few * 1000:.1f} ms among {FEW}, {many * 1000:.1f} ms among {MANY}")
            found.append(Figure(f"backlog: {name} a CPU second", "messages", (1 / many,), floor=50))
            found.append(
                Figure(f"backlog: {name}, one among {MANY} beside {FEW}", "×", (many / few,), limit=1.5)
            )
    return found


def _cost(site: House, channel: int, count: int) -> float:
    """CPU seconds of each of `count` messages that were told at once."""
    before = _cpu(site)
    site.inside.do("pile", channel=channel, count=count)
    until = time.monotonic() + PATIENCE_S
    while waiting := site.inside.do("waiting"):
        if time.monotonic() > until:
            raise Unable(f"{waiting} messages still wait after {PATIENCE_S} s")
        time.sleep(1)
    return (_cpu(site) - before) / count


def _cpu(site: House) -> float:
    """Of its processes and of those that they had and lost."""
    total = 0.0
    for process in site.processes:
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total
