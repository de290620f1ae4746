"""The stages of a clock at which people are reminded of it. Pure, as incidents/clocks/clocks.py."""

from dataclasses import replace
from datetime import datetime

from incidents.clocks.clocks import Run, due_at

# Parts of its time, in percent.
STAGES = (50, 75, 90)


def stage_at(run: Run, percent: int, idle_s: int = 0) -> datetime | None:
    """When `percent` of the time are gone, pauses not counted; None while nothing can run out.

    In the first `idle_s` seconds nothing can be done yet (a message that is sent a day later): the rest is what counts.
    """
    if run.target_s is None or run.at_least:
        return None
    idle = min(idle_s, run.target_s)
    return due_at(replace(run, target_s=idle + round((run.target_s - idle) * percent / 100)))


def stage_reached(run: Run, now: datetime, idle_s: int = 0) -> int:
    """The last of STAGES that has come by `now`; 0 for none."""
    come = (stage for stage in STAGES if (at := stage_at(run, stage, idle_s)) and at <= now)
    return max(come, default=0)


def next_stage_at(run: Run, after: int, idle_s: int = 0) -> datetime | None:
    """When the first of STAGES after `after` comes; None when there is none, or while nothing can run out."""
    return next((at for stage in STAGES if stage > after and (at := stage_at(run, stage, idle_s))), None)
