"""Doorbells: each calls one function."""

from celery import shared_task

from hotfixes import judging
from hotfixes.observing import looking
from hotfixes.preview import downloads, making


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


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def preview_due() -> None:
    """Reads what going back would undo, for who has to decide."""
    while making.preview_due():
        pass


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def download_due() -> None:
    """Asks whether what one goes back to can still be had."""
    while downloads.look_due():
        pass
