"""What Nightdesk itself knows: what was judged, told and planned in it, and what people say of the time after."""

from typing import Final

from hotfixes.checks.app.acts import documented, postmortem_scheduled, severity_assessed, users_notified
from hotfixes.checks.watch import errors, fix_verified, healthy_window, user_reports

FAMILY: Final = (
    severity_assessed,
    users_notified,
    documented,
    postmortem_scheduled,
    fix_verified,
    user_reports,
    errors,
    healthy_window,
)
