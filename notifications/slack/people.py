"""Who somebody in Slack is here: the account with the e-mail address of their profile, if Slack vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from foundation.text import stripped
from notifications.channels.words import short
from notifications.slack import api


@dataclass(frozen=True)
class Person:
    """`user` is None where nobody here is known to be them, and `why` says so; `label` is their name in Slack."""

    user: User | None
    label: str
    why: str = ""


def who(token: str, slack_user: str, workspace: str) -> Person:
    said = api.read(token, "users.info", {"user": slack_user})
    found = said.data.get("user")
    if not said.ok or not isinstance(found, dict):
        why = _("Slack did not say who you are. Open the page and do it there.")
        if said.error == "missing_scope":
            why = _(
                "The app may not ask who you are (users:read, users:read.email). Open the page and do it there."
            )
        return Person(None, slack_user, why)
    profile = found.get("profile") if isinstance(found.get("profile"), dict) else {}
    label = _label(found, profile or {}) or slack_user
    email = (profile or {}).get("email")
    if _foreign(found, workspace) or found.get("is_email_confirmed") is False or not isinstance(email, str):
        return Person(
            None, label, _("Nightdesk takes only members of this workspace with a confirmed address.")
        )
    same = (
        list(User.objects.filter(email__iexact=email.strip(), is_active=True)[:2])
        if email.isprintable()
        else []
    )
    if len(same) != 1:
        return Person(None, label, _("Nobody in Nightdesk has the e-mail address of your Slack profile."))
    return Person(same[0], label)


def _foreign(found: dict[str, Any], workspace: str) -> bool:
    """Bots, the deactivated, and guests of other workspaces, whose addresses others vouch for."""
    if found.get("deleted") or found.get("is_bot") or found.get("is_stranger"):
        return True
    grid = found.get("enterprise_user")
    homes = {found.get("team_id")}
    if isinstance(grid, dict) and isinstance(grid.get("teams"), list):
        homes |= {team for team in grid["teams"] if isinstance(team, str)}
    return workspace not in homes


def _label(found: dict[str, Any], profile: dict[str, Any]) -> str:
    names = (profile.get("display_name"), profile.get("real_name"), found.get("real_name"), found.get("name"))
    for name in names:
        if isinstance(name, str) and (
            shown := " ".join(stripped(name.encode(errors="replace").decode()).split())
        ):
            return short(shown, 60)
    return ""
