"""The small parts of random processes: texts that YAML likes to misread, keys, durations."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from products.vocabulary import PLACEHOLDERS, EventKind

type Draw = st.DrawFn

_TRICKY = (
    "no", "yes", "on", "null", "~", "true", "False", "1.10", "007", "12:30", "0x1f", "1e3", "2026-03-11",
    "- a", "# x", "a: b", "a #b", "'", '"', "&a", "*a", "!tag", "%", "@", "`", "|", ">", "?", "[", "]",
    ",", ":", "=", "<<", "---", "...", "{{", "\\n", "a\tb", "Ü ß 漢 🚨", "\u00a0x", "x\u2028y", "\ufeffx",
    "+1", ".5", ".inf", "0o7", "2 h",
)  # fmt: skip
_ALPHABET = st.characters(
    exclude_categories=("Cc", "Cs", "Co", "Cn"),
    exclude_characters="\r\n\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)
_WORDS = st.one_of(st.sampled_from(_TRICKY), st.text(_ALPHABET, min_size=1, max_size=30)).filter(
    lambda text: bool(text.strip())
)
ORIGIN = st.sampled_from(["source", "house"])
DURATION = st.one_of(
    st.integers(1, 8_784).map(lambda n: f"{n} h"),
    st.integers(1, 5_000).map(lambda n: f"{n} min"),
    st.tuples(st.integers(1, 99), st.integers(1, 59)).map(lambda pair: f"{pair[0]} h {pair[1]} min"),
)
KEY = st.sampled_from(
    ["a", "b2", "on", "no", "null", "x_1", "long_name_of_a_key", "zz", "true", "e", "y", "response"]
)
NAME = st.sampled_from(["P0", "sev1", "No", "CRITICAL", "Z-9", "null", "a_B", "e1", "On"])
EVENTS = [event for event in EventKind.values if event != "message_sent"]


@cache
def line(limit: int = 200) -> st.SearchStrategy[str]:
    return _WORDS.map(lambda text: text[:limit])


@cache
def template() -> st.SearchStrategy[str]:
    """Braces of the text doubled, placeholders between."""
    parts = st.one_of(
        line(20).map(lambda text: text.replace("{", "{{").replace("}", "}}")),
        st.sampled_from(PLACEHOLDERS).map(lambda name: f"{{{name}}}"),
    )
    return st.lists(parts, min_size=1, max_size=4).map("".join).filter(lambda text: bool(text.strip()))


def maybe(draw: Draw, into: dict[str, Any], name: str, strategy: st.SearchStrategy[Any]) -> None:
    """An optional field: there or not."""
    if draw(st.booleans()):
        into[name] = draw(strategy)


def keys(draw: Draw, most: int) -> list[str]:
    return draw(st.lists(KEY, max_size=most, unique=True))


def one(known: Sequence[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(list(known))


@cache
def sentence() -> st.SearchStrategy[Any]:
    """As a line, or as a mapping that says where it comes from."""
    return st.one_of(line(), st.fixed_dictionaries({"text": line(), "origin": ORIGIN}))
