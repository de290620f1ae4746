"""Percentiles and shares, worked out by hand; none of too few."""

from typing import Any

import pytest

from review.insights.sheet import sheet
from review.insights.spread import share, spread


@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        ([], (0, None, None, None)),
        ([7.6], (1, None, None, 8)),
        ([4, 1, 3, 2], (4, None, None, 4)),
        ([50, 10, 20, 40, 30], (5, 30, None, 50)),
        ([10, 20, 30, 40, 50, 60], (6, 35, None, 60)),
        (list(range(1, 20)), (19, 10, None, 19)),
        (list(range(0, 210, 10)), (21, 100, 170, 200)),
        # 0.85 × 19 = 16.15: 160 and 15 hundredths of the way to the next.
        (list(range(0, 2000, 100)), (20, 950, 1615, 1900)),
    ],
)  # fmt: skip
def test_a_percentile_is_of_enough_times_and_lies_in_proportion(times: list[float], wanted: Any) -> None:
    found = spread(times)
    assert (found.n, found.median_s, found.p85_s, found.longest_s) == wanted


def test_a_share_is_cut_and_of_enough() -> None:
    assert [share(3, 4), share(5, 5), share(2, 3), share(1999, 2000), share(0, 5)] == [
        None, 100.0, None, 99.9, 0.0,
    ]  # fmt: skip


def test_a_sheet_holds_no_formula() -> None:
    time = {"key": "declared", "label": "=1+1", "n": 1, "median_s": None, "p85_s": None, "longest_s": 90}
    group = {"process": "-krow", "severity": "@HIGH", "times": [time], "clocks": []}
    head, row = sheet({"groups": [group]})
    assert dict(zip(head[:10], row, strict=False)) == {
        "process": "'-krow", "severity": "'@HIGH", "figure": "time", "key": "declared", "label": "'=1+1", "n": 1,
        "median_s": None, "p85_s": None, "longest_s": 90, "percent": None,
    }  # fmt: skip
