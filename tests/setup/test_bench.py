"""`./run bench`: what there is to measure, and when a goal counts as reached. Nothing is timed here."""

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

import benchmarks
from benchmarks import BENCHMARKS, Figure, Unable, load
from benchmarks.operations import OPERATIONS
from tests.setup.running import command


def test_the_list_names_every_benchmark(tmp_path: Path) -> None:
    listed = command(tmp_path / "data", "bench", "--list")
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    assert (listed.returncode, names) == (0, list(BENCHMARKS))
    assert names == [
        "start", "live", "breach", "outage", "held", "memory", "weight", "messages", "backlog", "processes", "history",
        "hostile", "verify", "push", "decision", "pages", "probe",
    ]  # fmt: skip


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_can_be_loaded(name: str) -> None:
    assert callable(load(name))


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("bench", "speed")
    assert str(refused.value) == f"no benchmark speed; there are {', '.join(BENCHMARKS)}"


@pytest.mark.parametrize(
    ("figure", "goal", "reached"),
    [
        (Figure("a", "ms", (10, 20, 90), limit=50), "≤ 50 ms", True),
        (Figure("a", "ms", (10, 20, 90), limit=50, every=True), "each ≤ 50 ms", False),
        (Figure("a", "×", (4, 6, 6), floor=5), "≥ 5 ×", True),
        (Figure("a", "×", (4, 6, 6), floor=5, every=True), "each ≥ 5 ×", False),
        (Figure("a", "MB", (1,)), "", None),
    ],
)
def test_a_goal_is_kept_by_the_median_or_by_each(figure: Figure, goal: str, reached: bool | None) -> None:
    assert (figure.goal, figure.reached) == (goal, reached)


def test_a_figure_without_a_value_is_a_failure() -> None:
    with pytest.raises(Unable, match="nothing was measured"):
        Figure("a", "ms", (), limit=50)


def test_what_a_benchmark_asks_of_the_process_beside_the_worker_can_be_done() -> None:
    asked = {
        name
        for path in Path(benchmarks.__file__).parent.glob("*.py")
        for name in re.findall(r'inside\.do\(\s*"(\w+)"', path.read_text())
    }
    assert "two_years" in asked
    assert asked - set(OPERATIONS) == set()
