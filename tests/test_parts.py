from fnmatch import fnmatch

from tests.parts import LONG, TESTS


def test_what_is_named_as_long_is_there() -> None:
    names = [path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")]
    assert [start for start in LONG if not any(fnmatch(name, f"{start}*") for name in names)] == []
