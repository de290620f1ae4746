"""What the open page of an audit is told."""

from hotfixes.models import AuditRun
from live import bus


def changed(run: AuditRun) -> None:
    """The page of who asked fetches itself anew; others see it by loading."""
    bus.publish(f"user:{run.by_id}", event="refresh")
