"""The doorbell of the daily backup."""

from celery import shared_task

from config.backup import daily


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def back_up() -> None:
    """Ends with the disk or the database; the ticker goes on meanwhile."""
    daily.back_up()
