"""A whole Nightdesk in a temporary folder: `./run up` with its PostgreSQL, more web and worker processes beside it,
Redis; all started again when they die, and gone afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.house import ADMINISTRATOR, free_port
from chaos.kept import Kept, until
from chaos.redis import Broker
from config import embedded
from config.database import cluster
from config.management.commands.up import WORKER

ROOT = Path(__file__).parent.parent
DISK_MB = 1500


class Unable(Exception):
    """Chaos cannot run here; the text says why."""


class House:
    """`webs` and `workers` count those beside the ones of `up`. `small_disk`: the data folder is a disk of its own."""

    def __init__(self, *, webs: int, workers: int, redis: bool, small_disk: bool, **environment: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nightdesk-chaos-"))
        self.data = self.folder / "data"
        self.data.mkdir()
        self.has_small_disk = small_disk and self._mount()
        self.broker = Broker(self.folder, free_port()) if redis else None
        self.environment = environment
        self.kept: list[Kept] = [self.broker] if self.broker else []
        self.ports: list[int] = []
        self.frozen: dict[psutil.Process, float] = {}
        self.shape = (webs, workers)

    @property
    def env(self) -> dict[str, str]:
        wanted = {"PATH", "HOME", "LANG", "LD_LIBRARY_PATH"}
        return {
            **{name: text for name, text in os.environ.items() if name in wanted},
            **ADMINISTRATOR,
            "NIGHTDESK_DATA": str(self.data),
            "NIGHTDESK_URL": f"http://localhost:{self.ports[0]}",
            "NIGHTDESK_REQUESTS_A_MINUTE": "1000000",
            "MALLOC_ARENA_MAX": "2",
            **({"REDIS_URL": self.broker.url} if self.broker else {}),
            **self.environment,
        }

    def start(self) -> None:
        """Everything, ready. Raises Unable when it does not come up."""
        webs, workers = self.shape
        if self.broker:
            self.broker.start()
        self.ports.append(free_port())
        self.up = self._keep("up", [str(ROOT / "manage.py"), "up", "--port", str(self.ports[0])])
        if not until(lambda: self.answers(self.ports[0]), 120, self.look):
            raise Unable(f"Nightdesk did not start: {self.log_of('up')[-1000:]}")
        for number in range(webs):
            port = free_port()
            self.ports.append(port)
            line = ["-m", "uvicorn", "config.asgi:application", "--port", str(port), "--log-level", "warning",
                    "--no-access-log", "--timeout-graceful-shutdown", "2"]  # fmt: skip
            self._keep(f"web {number}", line)
        for number in range(workers):
            self._keep(f"worker {number}", [*WORKER, "--hostname", f"chaos{number}@localhost"])
        if not until(self.is_whole, 90, self.look):
            raise Unable("not every web process answers")

    def _keep(self, name: str, arguments: list[str]) -> Kept:
        log = self.folder / f"{name.replace(' ', '-')}.log"
        made = Kept(name, [sys.executable, *arguments], self.env, log, ROOT)
        made.start()
        self.kept.append(made)
        return made

    def look(self) -> None:
        """To be called often: start what has died, wake what has been frozen for long enough."""
        for one in self.kept:
            one.look()
        for process, wake_at in list(self.frozen.items()):
            if time.monotonic() >= wake_at:
                self.thaw(process)

    def freeze(self, process: psutil.Process, seconds: float) -> None:
        process.suspend()
        self.frozen[process] = time.monotonic() + seconds

    def thaw(self, process: psutil.Process) -> None:
        self.frozen.pop(process, None)
        with suppress(psutil.NoSuchProcess):
            process.resume()

    def is_whole(self) -> bool:
        alive = all(one.process is not None and one.process.poll() is None for one in self.kept)
        return alive and all(self.answers(port) for port in self.ports)

    def answers(self, port: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def victims(self, kind: str) -> list[psutil.Process]:
        """The processes of that kind that live at this moment."""
        marks = {"worker": "celery", "web": ("config.web", "uvicorn"), "backend": "postgres: nightdesk"}
        if kind == "supervisor":
            return self.up.tree[:1]
        if kind == "postgres":
            pid, _status = cluster.status(self.data / "postgres")
            return [psutil.Process(int(pid))] if pid and psutil.pid_exists(int(pid)) else []
        found = []
        for process in (process for one in self.kept for process in one.tree):
            with suppress(psutil.Error):
                line, wanted = " ".join(process.cmdline()), marks[kind]
                if any(mark in line for mark in ([wanted] if isinstance(wanted, str) else wanted)):
                    found.append(process)
        return [process for process in found if process not in self.frozen]

    def log_of(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _mount(self) -> bool:
        """A small disk of its own for the data, so that it can be filled. False where only root may do that."""
        mount = shutil.which("mount")
        if os.geteuid() != 0 or not mount:
            return False
        line = [mount, "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0711", "nightdesk-chaos", str(self.data)]
        return subprocess.run(line, capture_output=True, check=False).returncode == 0  # noqa: S603

    def fill(self) -> None:
        """Take all the room there is on the data folder's disk; others use some of it meanwhile, so end bit by bit."""
        with (self.data / "filler").open("ab", buffering=0) as filler, suppress(OSError):
            os.posix_fallocate(filler.fileno(), 0, max(1, shutil.disk_usage(self.data).free - (4 << 20)))
            while filler.write(bytes(65536)):
                pass

    def make_room(self) -> None:
        (self.data / "filler").unlink(missing_ok=True)

    def end(self, *, keep: bool = False) -> None:
        """Nothing stays: no process, no folder (unless `keep`)."""
        for process in list(self.frozen):
            self.thaw(process)
        self.make_room()
        for one in reversed(self.kept):
            one.end(patience_s=8.0 if one.name == "up" else 0.0)
        self._end_database()
        if keep:
            return
        if self.has_small_disk:
            subprocess.run([shutil.which("umount") or "umount", "-l", str(self.data)], check=False)  # noqa: S603
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end_database(self) -> None:
        """A server whose supervisor was killed last is shutting down by itself; it gets little time."""
        folder = (self.data / "postgres").resolve()
        end = time.monotonic() + 5
        while (left := cluster.processes(folder)) and time.monotonic() < end:
            time.sleep(0.05)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(embedded.socket_folder(folder), ignore_errors=True)
