"""Doing what the schedule says, always with work under way."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import psutil
from redis.exceptions import RedisError

from chaos.house import House
from chaos.schedule import Strike


class Striker:
    """`kills` counts what really happened, `skipped` what could not (nobody there to be hit)."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.kills: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.room_at: float | None = None

    def strike(self, strike: Strike) -> bool:
        do: dict[str, Callable[[Strike], bool]] = {
            "redis": self._redis,
            "flushall": self._flushall,
            "freeze": self._freeze,
            "disk full": self._fill,
        }
        try:
            hit = do.get(strike.kind, self._kill)(strike)
        except psutil.NoSuchProcess:
            hit = False
        (self.kills if hit else self.skipped)[strike.kind] += 1
        return hit

    def look(self) -> None:
        self.house.look()
        if self.room_at is not None and time.monotonic() >= self.room_at:
            self.house.make_room()
            self.room_at = None

    def _victim(self, kind: str, pick: int) -> psutil.Process | None:
        found = self.house.victims(kind)
        return found[pick % len(found)] if found else None

    def _kill(self, strike: Strike) -> bool:
        victim = self._victim(strike.kind, strike.pick)
        if victim is None:
            return False
        victim.send_signal(signal.SIGKILL)
        return True

    def _redis(self, strike: Strike) -> bool:
        broker = self.house.broker
        if broker is None or broker.process is None:
            return False
        broker.kill(strike.lasts_s)
        return True

    def _flushall(self, strike: Strike) -> bool:
        if self.house.broker is None:
            return False
        with suppress(RedisError), self.house.broker.client() as client:
            client.flushall()
            return True
        return False

    def _freeze(self, strike: Strike) -> bool:
        victim = self._victim("worker", strike.pick)
        if victim is None:
            return False
        self.house.freeze(victim, strike.lasts_s)
        return True

    def _fill(self, strike: Strike) -> bool:
        if not self.house.has_small_disk or self.room_at is not None:
            return False
        self.house.fill()
        self.room_at = time.monotonic() + strike.lasts_s
        return True
