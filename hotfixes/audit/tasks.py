"""The doorbell of audits."""

from celery import shared_task

from hotfixes.audit import running


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def audit_due() -> None:
    """Reads what waits; a slow one holds this task, and the ticker rings for another."""
    while running.audit_due():
        pass
