"""Whether what was brought out is a rollback, over every order of reports; what runs by them (A39, K56)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotfixes.deployments.recognising import Remedies, recognised, settled, unclear
from products.models import Deployment, Environment
from products.running import stands
from products.versions import Version, bare, lower
from tests.depth import times

PLACE = Environment(name="Production", slug="production", kind="production")
BEGIN = datetime(2026, 5, 28, 21, 0, tzinfo=UTC)
VERSIONS = st.sampled_from(["0.1.0", "v0.1.1", "0.1.2+7", "0.2.0", "2026-05-28", "0.1.2-rc1"])
REPORTS = st.lists(st.tuples(VERSIONS, st.sampled_from(Deployment.Status.values)), max_size=12)


def kept(reports: list[tuple[str, str]], remedies: Remedies = Remedies()) -> list[Deployment]:  # noqa: B008 - frozen
    """As each would be stored, one after the other."""
    rows: list[Deployment] = []
    for minute, (version, status) in enumerate(reports):
        before = stands(PLACE, rows)
        status = recognised(status, version, before, remedies=remedies)
        at = BEGIN + timedelta(minutes=minute)
        rows.append(Deployment(version=version, status=status, at=at, was=before.version))
    return rows


@settings(max_examples=times(100, 1200), deadline=None)
@given(REPORTS)
def test_nothing_older_is_ever_kept_as_deployed(reports: list[tuple[str, str]]) -> None:
    rows = kept(reports)
    for number, row in enumerate(rows):
        stood = stands(PLACE, rows[:number])
        before = stood.version
        again = stood.guessed and stood.by and bare(stood.by.version) == bare(row.version)
        if row.status == "succeeded" and before and not again:
            assert lower(row.version, before) is not True
        if row.status == "rolled_back" and reports[number][1] == "succeeded":
            assert lower(row.version, before) is True
            assert bare(stands(PLACE, rows[: number + 1]).version) == bare(row.version)
        if row.status in ("started", "failed"):
            assert stands(PLACE, rows[: number + 1]).version == before


@settings(max_examples=times(100, 1200), deadline=None)
@given(REPORTS, st.integers(0, 11))
def test_what_is_said_twice_changes_nothing(reports: list[tuple[str, str]], place: int) -> None:
    place = min(place, len(reports))
    again = [*reports[:place], *reports[place - 1 : place], *reports[place:]] if place else reports
    assert bare(stands(PLACE, kept(again)).version) == bare(stands(PLACE, kept(reports)).version)


@settings(max_examples=times(100, 800), deadline=None)
@given(REPORTS)
def test_what_cannot_be_compared_is_said_so_and_never_called_a_rollback(
    reports: list[tuple[str, str]],
) -> None:
    for (_version, said), row in zip(reports, kept(reports), strict=True):
        strange = Version.parse(bare(row.version)) is None or Version.parse(bare(row.was)) is None
        if row.was and strange and bare(row.was) != bare(row.version):
            assert unclear(row.version, row.was)
            assert row.status == said


def test_what_was_taken_back_leaves_what_ran_before() -> None:
    rows = kept([("0.1.0", "succeeded"), ("0.1.1", "succeeded"), ("0.1.1", "rolled_back")])
    found = stands(PLACE, rows)
    assert (found.version, found.guessed) == ("0.1.0", True)
    rows = kept([("0.1.0", "succeeded"), ("0.1.1", "succeeded"), ("0.1.0", "rolled_back")])
    found = stands(PLACE, rows)
    assert (found.version, found.guessed) == ("0.1.0", False)


def test_what_was_taken_back_may_come_again() -> None:
    ran = [("0.2.0", "succeeded"), ("0.1.1", "rolled_back"), ("0.1.1", "rolled_back"), ("0.1.1", "succeeded")]
    rows = kept([*ran[:2], ("0.1.1", "succeeded"), *ran[2:]])
    assert (rows[-1].status, stands(PLACE, rows).version) == ("succeeded", "0.1.1")


def test_a_fix_of_an_older_line_is_no_way_back_but_the_second_time_it_is() -> None:
    ran = kept([("0.2.0", "succeeded")])
    first = recognised("succeeded", "0.1.1", stands(PLACE, ran), remedies=Remedies(frozenset({"0.1.1"})))
    again = recognised("succeeded", "0.1.1", stands(PLACE, ran), remedies=Remedies())
    assert (first, again) == ("succeeded", "rolled_back")


def test_a_rollback_that_is_under_way_names_what_numbers_cannot_tell() -> None:
    ran = stands(PLACE, kept([("2026-05-28", "succeeded")]))
    assert recognised("succeeded", "2026-05-01", ran, remedies=Remedies()) == "succeeded"
    back = Remedies(back_to=frozenset({"2026-05-01"}))
    assert recognised("succeeded", "2026-05-01", ran, remedies=back) == "rolled_back"


@pytest.mark.parametrize(
    ("status", "stage", "percent", "kept_as"),
    [
        ("succeeded", "submitted", None, "started"),
        ("", "in_review", None, "started"),
        ("failed", "in_review", None, "failed"),
        ("", "released", 20, "succeeded"),
        ("", "released", 0, "started"),
        ("", "released", None, "succeeded"),
        ("started", "halted", 20, "rolled_back"),
        ("succeeded", "", None, "succeeded"),
    ],
)
def test_a_store_counts_as_deployed_once_somebody_can_get_it(
    status: str, stage: str, percent: int | None, kept_as: str
) -> None:
    assert settled(status, stage, percent) == kept_as
