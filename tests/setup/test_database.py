"""The tests' own PostgreSQL."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_tests_run_on_the_embedded_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000, upper('ü'), current_database()"
        )
        version, upper, name = cursor.fetchone()
    assert (version, upper) == (18, "Ü")
    assert name.startswith("test_")
