"""No state on GET: every page is opened by an administrator, and the database is the same as before.

As pages they are opened by everybody in test_pages.py, which counts after each what was written; here as fragments.
What is not there, and what undoes what it wrote, is opened here both ways.
"""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.factories import make_team
from tests.security.asking import NOTES, written
from tests.security.operations import OPERATIONS
from tests.security.pages import EVERYBODY, PAGES, PLAYED
from tests.security.test_operations import bearer
from tests.security.test_operations import places as places_of_api
from tests.security.test_pages import places
from tests.security.world import World, tap_token

pytestmark = pytest.mark.django_db
NOTED_COLUMNS = {"accounts_apitoken": "last_used_at", "accounts_user": "last_login"}


def test_opening_every_page_and_asking_every_operation_changes_no_row(world: World) -> None:
    before = digests()
    # The missing of two places are one.
    opened = {
        each: (row.get, each == path and row.name not in PLAYED)
        for row in PAGES
        if row.get and row.name != "account_logout"
        for _thing, path, missing in places(row, world)
        for each in filter(None, (path, missing))
    }
    for each, (gate, counted) in opened.items():
        client = Client() if gate == EVERYBODY else world.clients["administrator"]
        for headers in ({"HX-Request": "true"},) if counted else ({}, {"HX-Request": "true"}):
            client.get(each, headers=headers)
    for operation in OPERATIONS:
        if operation.method == "GET":
            for _thing, path, _missing in places_of_api(operation, world):
                Client().generic("GET", path, "", **bearer(world, "administrator"))
    for which in ("delivery", "private delivery"):
        Client().get(f"/l/{tap_token(world, which)}")
    assert [table for table, digest in digests().items() if digest != before[table]] == []
    assert len(opened) > 150


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
            noted = NOTED_COLUMNS.get(table)
            row = f"to_jsonb(t) - '{noted}'" if noted else "to_jsonb(t)"
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(({row})::text, '' ORDER BY ({row})::text), '')) FROM {table} t"
            )
            found[table] = cursor.fetchone()[0]
    return found
