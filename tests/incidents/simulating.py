"""How the tests of Simulate play: a basis, a script of moves, what is shown."""

from datetime import UTC, datetime

from incidents.simulation.basis import Basis
from incidents.simulation.play import play
from incidents.simulation.script import Move, Script
from incidents.simulation.shown import Shown, read
from products.models import Process

FRIDAY = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)  # 22:00 in Vienna
VIENNA = "Europe/Vienna"


A_WHOLE_STORY = (
    (60, "acknowledge", ""), (90, "lead", ""), (120, "claim", "devops"), (300, "decide", "hotfix"),
    (400, "finish_step", "branch"), (500, "finish_step", "fix"), (600, "finish_step", "version"),
    (700, "finish_step", "changelog"), (800, "report", "review_requested"), (1200, "report", "approved"),
    (1500, "finish_step", "merge"), (1600, "finish_step", "tag"), (1700, "finish_step", "deploy"),
    (1900, "report", "smoke_passed"), (2000, "send_message", "deployed"), (2400, "resolve", ""),
    (2500, "close", ""), (10000, "report", "watch_met"), (10001, "close", ""),
)  # fmt: skip


def basis(key: str = "krow") -> Basis:
    current = Process.objects.get(key=key).current
    assert current is not None
    return Basis.of(current)


def script(
    *moves: tuple[int, str, str], severity: str = "HIGH", until_s: int = 0, zone: str = VIENNA
) -> Script:
    return Script(severity, FRIDAY, zone, tuple(Move(*move) for move in moves), until_s)


def shown(asked: Script, key: str = "krow") -> Shown:
    return play(basis(key), asked, read)
