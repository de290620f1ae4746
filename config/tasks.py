"""Doorbells of the house itself."""

from celery import shared_task

from foundation import heartbeat


@shared_task(ignore_result=True, acks_late=False)  # type: ignore[untyped-decorator]
def echo() -> None:
    """A hint that a worker sent to itself has come back and was run (config/health/echo.py)."""
    heartbeat.beat("broker", 1)
