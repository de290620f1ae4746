"""Cursors: each value is what its field can hold, or the cursor is not one of ours."""

import base64
import json
from typing import Any

import pytest
from django.db.models import QuerySet

from accounts.models import Team, User
from foundation.paging import BadCursor, mark, page
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NAMED, DATED = ("name", "pk"), ("-created_at", "-pk")
AT = "2026-01-01T00:00:00+00:00"


def cursor(order: tuple[str, ...], *values: Any) -> str:
    text = json.dumps([mark(User, order), *values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(order: tuple[str, ...], after: str = "") -> tuple[list[str], str | None]:
    everybody: QuerySet[User] = User.objects.all()
    found = page(everybody, order=order, after=after, size=2)
    return [user.name for user in found.items], found.next


@pytest.mark.parametrize("order", [NAMED, DATED])
def test_the_pages_together_are_everything_once(order: tuple[str, ...]) -> None:
    for name in ("Ada", "Ben", "Ben", "Cleo", "Łukasz"):
        make_user(f"{User.objects.count()}@example.test", name=name)
    seen, after = read(order)
    while after:
        more, after = read(order, after)
        seen += more
    assert sorted(seen) == ["Ada", "Ben", "Ben", "Cleo", "Łukasz"]


@pytest.mark.parametrize(
    ("order", "after"),
    [
        (NAMED, cursor(NAMED, "a\x00", 1)),
        (NAMED, cursor(NAMED, "a\ud800", 1)),
        (NAMED, cursor(NAMED, "a", "x")),
        (NAMED, cursor(NAMED, "a", 10**30)),
        (NAMED, cursor(NAMED, "a", True)),
        (NAMED, cursor(NAMED, "a", None)),
        (NAMED, cursor(NAMED, "a", 1.5)),
        (NAMED, cursor(NAMED, "a")),
        (NAMED, cursor(NAMED, "a", 1, 2)),
        (DATED, cursor(DATED, "x", 1)),
        (DATED, cursor(DATED, 1, 1)),
        (DATED, cursor(DATED, "2026-01-01", 1)),
        (DATED, cursor(DATED, "2026-01-01T00:00:00", 1)),
        (DATED, cursor(DATED, "2026-02-30T00:00:00+00:00", 1)),
        (DATED, cursor(DATED, AT, "9" * 5000)),
        (NAMED, "ü"),
        (NAMED, "e30"),
        (NAMED, "A"),
        (NAMED, base64.urlsafe_b64encode(b"[" * 1400).decode()),
        (NAMED, base64.urlsafe_b64encode(b"[" * 200_000).decode()),
    ],
)
def test_a_cursor_that_we_never_gave_out_is_refused(order: tuple[str, ...], after: str) -> None:
    with pytest.raises(BadCursor):
        read(order, after)


def test_a_cursor_of_another_list_or_order_is_refused() -> None:
    """Its values would fit, and rows be passed over in silence."""
    assert read(NAMED, cursor(NAMED, "a", 1)) == ([], None)
    for strange in (cursor(("-name", "pk"), "a", 1), cursor(DATED, "a", 1)):
        with pytest.raises(BadCursor):
            read(NAMED, strange)
    teams = page(Team.objects.all(), order=NAMED, size=1)
    assert teams.next is None
    with pytest.raises(BadCursor):
        page(Team.objects.all(), order=NAMED, after=cursor(NAMED, "a", 1))


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_time_are_moments_too(at: str) -> None:
    assert read(DATED, cursor(DATED, at, 1))[1] is None
