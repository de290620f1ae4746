"""Heartbeats as processes write them, and the judgement as it really is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from config.health.facts import Beat, Facts
from config.health.judgement import Report
from config.health.reader import reader
from foundation import room

NOW = datetime(2026, 11, 21, 2, 20, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def beat(
    name: str, age: float = 1, *, role: str = "worker", pulse: float = 1, process: str = "a", **more: object
) -> Beat:
    made = Beat(name, process, role, f"{role} 1 on host", ago(9000), ago(pulse), ago(age))
    return replace(made, **more)  # type: ignore[arg-type]


WORKER = tuple(beat(name) for name in ("worker", "ticker", "intake", "broker"))
WEB = (beat("web", role="web", process="w"), beat("hub", role="web", process="w", progress=100))
WELL = Facts(NOW, (*WORKER, *WEB), watched=3, announced=100, broker=True)


@pytest.fixture
def truth(transactional_db: None) -> Iterator[None]:
    """Pages, /readyz and /metrics go by what the database says, as outside tests."""
    kept = reader._kept
    reader.keep(None)
    reader._began -= 3600
    room.forget()
    yield
    reader.close()
    reader._began += 3600
    reader._kept = kept


@pytest.fixture
def says() -> Iterator[object]:
    """Lets pages go by the report given."""
    kept = reader._kept
    yield lambda report: reader.keep(report, for_s=3600)
    reader._kept = kept


def quiet() -> Report:
    return Report(NOW, ())
