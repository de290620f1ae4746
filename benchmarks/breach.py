"""How late a breach is on the timeline: twenty clocks that run out one after the other, and five at one moment."""

import time

from benchmarks import Figure, Say, Unable
from benchmarks.house import house

ALONE, TOGETHER = 20, 5
APART_S = 0.77
AHEAD_S = 8.0


def measure(say: Say) -> list[Figure]:
    with house() as site:
        say(f"{ALONE} clocks …")
        site.inside.do("incident")  # what the first one needs (the product) is there
        began = time.monotonic()
        clocks = []
        for number in range(ALONE):
            after = AHEAD_S + number * APART_S - (time.monotonic() - began)
            clocks.append(site.inside.do("due", after_s=after, title=f"Due {number}"))
        ends = AHEAD_S + ALONE * APART_S
        together = [
            site.inside.do("due", after_s=ends + 2 - (time.monotonic() - began), title=f"Together {number}")
            for number in range(TOGETHER)
        ]
        if time.monotonic() - began > AHEAD_S:
            raise Unable("this machine is too busy: declaring took until the first clock was due")
        time.sleep(max(0.0, ends + 5 - (time.monotonic() - began)))
        alone, at_once = (site.inside.do("lateness", clocks=found) for found in (clocks, together))
    if (len(alone), len(at_once)) != (ALONE, TOGETHER):
        raise Unable(f"only {len(alone)} of {ALONE} and {len(at_once)} of {TOGETHER} clocks have breached")
    return [
        Figure("breach: recorded after its due moment", "s", tuple(alone), limit=1.5, every=True),
        Figure("breach: five due at one moment", "s", tuple(at_once), limit=1.5, every=True),
    ]
