"""A round of work: one bad item stops none of the others, a lost database stops them all."""

import pytest
from django.db import DatabaseError, connection

from foundation import rounds


def test_one_that_fails_is_left_and_the_others_are_done() -> None:
    def inverse(number: int) -> int:
        return 6 // number

    assert rounds.each("halves", [1, 0, 2], inverse) == 9


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_is_raised() -> None:
    def ask(_item: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return 1

    with pytest.raises(DatabaseError):
        rounds.each("asks", [1, 2], ask)
    connection.close()
