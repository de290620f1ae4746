"""One pattern makes a name and recognises it (rows A21, A27, K22, K51, K52)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfixes.patterns import BadPattern, begins, formatted, missing, names, recognised

KNOWN = {"product": "krow-web", "new": "0.1.1", "old": "0.1.0", "slug": "login", "issue": "Sign-in fails"}


@pytest.mark.parametrize(
    ("pattern", "made"),
    [
        ("hotfix/v{new}-{slug}", "hotfix/v0.1.1-login"),
        ("hotfix/{product}-v{new}", "hotfix/krow-web-v0.1.1"),
        ("{product}/prod-v{new}", "krow-web/prod-v0.1.1"),
        ("v{new}", "v0.1.1"),
        ("HOTFIX: {issue}", "HOTFIX: Sign-in fails"),
        ("{{{new}}}.+?[x]", "{0.1.1}.+?[x]"),
        ("{old}→{new}", "0.1.0→0.1.1"),
        ("release-{new}-{new}", "release-0.1.1-0.1.1"),
    ],
)
def test_what_is_proposed_is_recognised(pattern: str, made: str) -> None:
    assert formatted(pattern, KNOWN) == made
    wanted = {name: KNOWN[name] for name in names(pattern)}
    assert recognised(pattern, made) == wanted
    assert recognised(pattern, made, KNOWN) == wanted


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("hotfix/v{new}-{slug}", "hotfix/v0.1.1"),
        ("hotfix/v{new}-{slug}", "hotfix/v0.1.1-"),
        ("hotfix/v{new}-{slug}", "hotfix/v0.1.1-Login"),
        ("hotfix/v{new}-{slug}", "hotfix/v0.1.1-a/b"),
        ("hotfix/v{new}-{slug}", "xhotfix/v0.1.1-login"),
        ("hotfix/v{new}-{slug}", "hotfix/v0.1.1-login\n"),
        ("hotfix/v{new}-{slug}", "fix/v0.1.1-login"),
        ("hotfix/v{new}-{slug}", "hotfix/v0.1.x-login"),
        ("v{new}", "v0.1.1-rc1"),
        ("v{new}", "v1"),
        ("v{new}", "V0.1.1"),
        ("v.{new}", "vx0.1.1"),
        ("HOTFIX: {issue}", "HOTFIX: "),
        ("HOTFIX: {issue}", "HOTFIX:  "),
        ("HOTFIX: {issue}", "HOTFIX: a\nb"),
        ("release-{new}-{new}", "release-0.1.1-0.1.2"),
        ("{product}/prod-v{new}", "krow/web/prod-v0.1.1"),
    ],
)
def test_what_is_something_else_is_not(pattern: str, text: str) -> None:
    assert recognised(pattern, text) is None


def test_a_known_value_must_be_that_value() -> None:
    assert recognised("hotfix/v{new}-{slug}", "hotfix/v0.1.1-other", {"new": "0.1.1"}) == {
        "new": "0.1.1",
        "slug": "other",
    }
    assert recognised("hotfix/v{new}-{slug}", "hotfix/v0.2.0-login", {"new": "0.1.1"}) is None
    assert recognised("v{new}", "v0x1x1", {"new": "0.1.1"}) is None
    assert recognised("v{new}", "v0.1.1", {"new": ""}) == {"new": "0.1.1"}


def test_an_entry_begins_as_the_policy_says() -> None:
    assert begins("HOTFIX: {issue}", "HOTFIX: Sign-in fails\nmore")
    assert begins("fix: ", "fix: x")
    assert not begins("HOTFIX: {issue}", "Hotfix: x")
    assert not begins("HOTFIX: {issue}", "A HOTFIX: x")


def test_what_is_not_known_stays_visible() -> None:
    assert formatted("hotfix/v{new}-{slug}", {"slug": "login"}) == "hotfix/v[new]-login"
    assert missing("hotfix/v{new}-{slug}-{slug}", {"new": ""}) == ["new", "slug"]


def test_a_value_is_data() -> None:
    assert formatted("{issue}", {"issue": "{new} {{x}} \\1"}) == "{new} {{x}} \\1"
    assert recognised("{issue}!", "a.*b!", {"issue": "a.*b"}) == {"issue": "a.*b"}
    assert recognised("{issue}!", "aXXb!", {"issue": "a.*b"}) is None


def test_patterns_that_cannot_be_told_apart_are_refused() -> None:
    for pattern in ("{issue}{impact}", "x" * 301, "{new}{old}{slug}{product}{main}"):
        with pytest.raises(BadPattern):
            recognised(pattern, "x")


def test_no_pattern_takes_long() -> None:
    began = time.process_time()
    for pattern in (
        "{product}{slug}{new}{issue}!",
        "{new}{old}{new}{old}{slug}!",
        "{slug}-{product}-{slug}!",
    ):
        for text in ("1.1-" * 500, "1" * 2000, "a-" * 1000, "." * 2000):
            assert recognised(pattern, text) is None
    assert time.process_time() - began < 20


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="{}"), max_size=60),
    st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
)
def test_any_literal_text_stands_for_itself(literal: str, slug: str) -> None:
    pattern = literal + "{slug}"
    assert recognised(pattern, formatted(pattern, {"slug": slug})) == {"slug": slug}
