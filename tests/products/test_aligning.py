"""What two texts have in common, found without looking at every pair."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from products.process.aligning import Effort, matches, opcodes

WORDS = st.lists(st.sampled_from("abcdef"), max_size=30)


@given(WORDS, WORDS, st.sampled_from([0, 20, 10_000]))
def test_pairs_are_the_same_on_both_sides_and_keep_their_order(
    old: list[str], new: list[str], left: int
) -> None:
    pairs = matches(old, new, Effort(left))
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(i < k and j < n for (i, j), (k, n) in pairwise(pairs))


@given(WORDS, WORDS, st.sampled_from([0, 20, 10_000]))
def test_the_steps_lead_from_the_one_to_the_other(old: list[str], new: list[str], left: int) -> None:
    steps = list(opcodes(old, new, Effort(left)))
    assert [each for tag, i, i_end, _j, _j_end in steps if tag != "insert" for each in old[i:i_end]] == old
    assert [each for tag, _i, _i_end, j, j_end in steps if tag != "delete" for each in new[j:j_end]] == new
    assert all(old[i:i_end] == new[j:j_end] for tag, i, i_end, j, j_end in steps if tag == "equal")
    assert all(tag != after for (tag, *_), (after, *_rest) in pairwise(steps))


def test_a_line_that_both_have_once_holds_what_is_around_it() -> None:
    assert matches(list("xxAyy"), list("yAx"), Effort()) == [(2, 1)]


def test_without_a_line_that_stands_once_the_longest_row_is_taken() -> None:
    assert matches(list("abab"), list("baab"), Effort()) == [(1, 0), (2, 2), (3, 3)]


def test_what_is_too_much_to_compare_counts_as_replaced() -> None:
    old, new = list("aabb"), list("bbaa")
    assert list(opcodes(old, new, Effort(15))) == [("replace", 0, 4, 0, 4)]
    assert [tag for tag, *_ in opcodes(old, new, Effort(16))] == ["delete", "equal", "insert"]
