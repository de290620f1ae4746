"""What may become an argument, and patterns for paths: tables."""

import time

import pytest

from hotfixes.git import globs, names


@pytest.mark.parametrize(
    "name",
    [
        "refs/heads/main",
        "refs/tags/v1.0",
        "refs/heads/a/b/c",
        "refs/heads/-x",
        "refs/heads/ü",
        "refs/heads/a.b",
        "refs/heads/@",
    ],
)
def test_names_of_refs(name: str) -> None:
    assert names.ref_name(name) == name


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/",
        ".x",
        "a..b",
        "a b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[b",
        "a\\b",
        "a//b",
        "a/",
        "a.",
        "a.lock",
        "a.lock/b",
        "a/.b",
        "x@{1}",
        *("\n", "a\nb", "a\0b", "a\x7f", "x" * 1001, "\udc80"),
    ],
)
def test_what_is_no_name_of_a_ref(rest: str) -> None:
    for make in (names.branch, names.tag):
        with pytest.raises(names.BadName):
            make(rest)


@pytest.mark.parametrize(
    "name", ["main", "HEAD", "refs/remotes/a/b", "refs/pull/1/head", "refs/heads", "Refs/heads/x"]
)
def test_other_refs_are_not_asked_for(name: str) -> None:
    with pytest.raises(names.BadName):
        names.ref_name(name)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("a.py", "a.py", True),
        ("a.py", "b/a.py", False),
        ("*.py", "a.py", True),
        ("*.py", "b/a.py", False),
        ("*", ".hidden", True),
        ("?.py", "ü.py", True),
        ("?.py", ".py", False),
        ("**/a.py", "a.py", True),
        ("**/a.py", "b/c/a.py", True),
        ("a/**", "a/b", True),
        ("a/**", "a/b/c", True),
        ("a/**", "b/a", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/x/c", False),
        ("**", "anything/at/all", True),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "aXcYb", False),
        ("[ab].py", "a.py", False),
        ("[ab].py", "[ab].py", True),
        ("a.py\n", "a.py", False),
        ("db/migrate/*.rb", "db/migrate/1_x.rb", True),
        ("", "", True),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert globs.matches(pattern, path) is expected


def test_no_pattern_takes_long() -> None:
    began = time.process_time()
    assert not globs.matches("*a" * 500 + "b", "a" * 4000)
    assert not globs.matches("**/" * 300 + "b", "a/" * 1000 + "c")
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [("a/b/*.py", "a/b/"), ("*.py", ""), ("a/**/b", "a/"), ("a/b", "a/"), ("a", ""), ("a?/b", "")],
)
def test_the_folder_before_a_wildcard(pattern: str, folder: str) -> None:
    assert globs.literal_folder(pattern) == folder
