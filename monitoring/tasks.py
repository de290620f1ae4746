"""Doorbells: each calls one function."""

from celery import shared_task

from monitoring import sweep


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def probe_due() -> None:
    """Looks at everything that is due; a full batch means that there may be more."""
    while sweep.probe_due() == sweep.BATCH:
        pass
