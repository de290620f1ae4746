"""A Redis of our own: what it wrote down (AOF) is there again after a kill."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from chaos.kept import Kept


class Broker(Kept):
    """Kept like the others. `down` is when it was away: pairs of moments (seconds since 1970)."""

    def __init__(self, folder: Path, port: int) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise FileNotFoundError(
                "no redis-server on this machine (apt-get install redis-server, or --embedded)"
            )
        (folder / "redis").mkdir()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes",
                   "--dir", str(folder / "redis")]  # fmt: skip
        super().__init__("redis", command, {"PATH": "/usr/bin:/bin"}, folder / "redis.log", folder)
        self.port, self.url = port, f"redis://127.0.0.1:{port}/0"
        self.down: list[list[float]] = []

    def start(self) -> None:
        super().start()
        end = time.monotonic() + 10
        while not self.answers() and time.monotonic() < end:
            time.sleep(0.02)
        if self.down and len(self.down[-1]) == 1:
            self.down[-1].append(time.time())

    def kill(self, rest_s: float = 0.0) -> None:
        if not self.down or len(self.down[-1]) == 2:
            self.down.append([time.time()])
        super().kill(rest_s)

    def answers(self) -> bool:
        with suppress(OSError, RedisError), self.client() as client:
            return bool(client.ping())
        return False

    def client(self) -> Redis:
        """One that gives up at once: whoever asks also has to start Redis again."""
        never = Retry(NoBackoff(), 0)
        return Redis(port=self.port, decode_responses=True, socket_timeout=1, retry=never)
