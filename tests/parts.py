"""The two parts of the suite: `./run test`, and what takes long by itself, `./run test --long`.

CI runs both for each change (docs/decisions/0011-two-parts.md). Who names files, `-k` or `-m` gets what is named, of
whichever part it is.
"""

from fnmatch import fnmatch
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# Where a path begins so, a whole Nightdesk is started or its streams are read, a written procedure or a whole story is
# walked from end to end, every address, operation or screen is asked, or pages are walked in a browser. The longest by
# one test come first, so that a run ends on short ones.
LONG = (
    "security/test_pages",
    "security/test_canaries",
    "backup/test_drill",
    "chaos/test_chaos",
    "journeys/",
    "health/test_wedges",
    "api/test_every_operation",
    "security/test_operations",
    "crash/test_crash_points",
    "setup/",
    "backup/test_restore",
    "backup/test_upgrade",
    "incidents/lifecycle/test_races",
    "*browser",
    "incidents/simulation/test_simulated_play",
    "hotfixes/observing/",
    "live/",
    "production/test_house",
    "production/test_roles",
    "security/test_following",
    "monitoring/alerts/test_real_alertmanager",
    "ui/test_axe",
    "backup/test_backup",
)


# Of the others, those that take long by one test.
FIRST = ("security/", "notifications/test_thousand")


def place(path: Path) -> int:
    """In the order of LONG; behind it, what is in the other part."""
    name = _name(path)
    return next((place for place, start in enumerate(LONG) if fnmatch(name, f"{start}*")), len(LONG))


def turn(path: Path) -> tuple[int, bool]:
    return place(path), not any(part in _name(path) for part in FIRST)


def is_left_out(path: Path, config: pytest.Config) -> bool:
    asked = config.option
    if asked.long:
        return place(path) == len(LONG)
    named = asked.file_or_dir or asked.keyword or asked.markexpr or asked.lf or asked.deep
    return place(path) < len(LONG) and not named


def said(config: pytest.Config) -> list[str]:
    files = [path for path in TESTS.rglob("test_*.py") if is_left_out(path, config)]
    other = "./run test" if config.option.long else "./run test --long"
    return [f"left to {other}: {len(files)} files (tests/parts.py)"] if files else []


def _name(path: Path) -> str:
    return path.relative_to(TESTS).as_posix()
