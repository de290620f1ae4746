"""Doorbells: each calls one function."""

from celery import shared_task

from hotfixes import judging
from hotfixes.observing import looking


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def look_due() -> None:
    """Looks at repositories until none is due; a slow one holds this task, and the ticker rings for another."""
    while looking.look_due():
        pass


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def judge_due() -> None:
    """Judges hotfixes that something was said about."""
    while judging.judge_due():
        pass
