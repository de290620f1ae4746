"""Figures as a table for people; the machine they were measured on."""

import os
import platform
import subprocess
from datetime import UTC, datetime

from benchmarks.figure import Figure, short
from config.database import cluster

HEAD = ("figure", "goal", "median", "min to max", "n", "")
VERDICTS = {True: "reached", False: "MISSED", None: ""}


def machine() -> dict[str, str | float]:
    """What the figures depend on; `load` is the average of the last minute (1 per busy core)."""
    server = subprocess.run(  # noqa: S603
        [cluster.binaries() / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "system": platform.platform(terse=True),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "postgresql": server.stdout.split()[-1],
        "load": round(os.getloadavg()[0], 2),
    }


def machine_line(facts: dict[str, str | float]) -> str:
    return (
        f"{facts['at']}, {facts['cores']} cores, {facts['system']}, Python {facts['python']}, "
        f"PostgreSQL {facts['postgresql']}, load {facts['load']}"
    )


def table(figures: list[Figure]) -> str:
    """Columns as wide as they need; parts and notes on lines of their own below their figure."""
    rows = [HEAD, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [_padded(HEAD, widths), "─" * (sum(widths) + 2 * len(widths) - 2)]
    for figure, row in zip(figures, rows[1:], strict=True):
        lines.append(_padded(row, widths))
        lines += [f"    {name}: {short(value)} {figure.unit}" for name, value in figure.parts.items()]
        lines += [f"    {figure.note}"] if figure.note else []
    return "\n".join(lines)


def _row(figure: Figure) -> tuple[str, ...]:
    span = f"{short(min(figure.values))} to {short(max(figure.values))}" if len(figure.values) > 1 else ""
    middle = f"{short(figure.median)} {figure.unit}"
    return (figure.name, figure.goal, middle, span, str(len(figure.values)), VERDICTS[figure.reached])


def _padded(row: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
