"""No state on GET: test_pages.py and test_operations.py count after each look, and each refusal, what was written.

Here is what cannot be counted: what undoes what it wrote, where the database is compared before and after.
"""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.factories import make_team
from tests.security.asking import NOTES, written
from tests.security.pages import PAGES, PLAYED
from tests.security.test_pages import places
from tests.security.world import World, tap_token

pytestmark = pytest.mark.django_db


def test_playing_a_process_and_opening_a_link_change_no_row(world: World) -> None:
    before = digests()
    played = [path for row in PAGES if row.name in PLAYED for _thing, path, _missing in places(row, world)]
    for path in played:
        for headers in ({}, {"HX-Request": "true"}):
            assert world.clients["administrator"].get(path, headers=headers).status_code == 200
    for which in ("delivery", "private delivery"):
        assert Client().get(f"/l/{tap_token(world, which)}").status_code == 200
    assert [table for table, digest in digests().items() if digest != before[table]] == []
    assert len(played) == len(PLAYED)


@pytest.mark.usefixtures("world")
def test_what_is_written_is_counted_also_when_it_was_undone() -> None:
    before = written()
    with transaction.atomic():
        team = make_team("quagga")
        type(team).objects.filter(pk=team.pk).update(name="Quagga")
        transaction.set_rollback(True)
    assert written() == before + 2
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_session SET expire_date = expire_date")
    assert written() == before + 2


def digests() -> dict[str, str]:
    """One digest per table over all its rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in NOTES:
                continue
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(to_jsonb(t)::text, '' ORDER BY to_jsonb(t)::text), '')) FROM {table} t"
            )
            found[table] = cursor.fetchone()[0]
    return found
