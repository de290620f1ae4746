"""One at a time, where what is free when asked must be free when stored."""

from django.db import connection


def wait_for_turn(what: str) -> None:
    """Until the caller's transaction ends nobody else has the turn for `what`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"nightdesk.{what}"])
