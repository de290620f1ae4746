"""The time after the deployment: what was counted, and the watch (K61–K64, K113). Silence proves nothing."""

from hotfixes.checks.watch.counts import errors, user_reports
from hotfixes.checks.watch.window import fix_verified, healthy_window

__all__ = ["errors", "fix_verified", "healthy_window", "user_reports"]
