"""Who may open what: one row per address of the site. An address without a row fails the suite, as does a row
without an address.

A gate is the least role in the team that owns the thing (rows with `on`) or in any team (rows without).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.models import Role

# Gates besides the roles.
EVERYBODY, SIGNED_IN, ADMINISTRATOR, NOBODY = "everybody", "signed in", "administrator", "nobody"
BREAK_GLASS = "an administrator who takes no part"
type Gate = Role | str


@dataclass(frozen=True)
class Page:
    """`get` and `post`: who may; "" = the method is not taken. `on`: the things of world.py it is tried with."""

    name: str
    get: Gate = ""
    post: Gate = ""
    on: tuple[str, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, Any] = field(default_factory=dict)
    # An administrator is sent to the door of a private incident instead of getting 404.
    door: bool = False
    # Whom the gate keeps out learns nothing, not even that there is such a page.
    hidden: bool = False


V, R, M, A = Role.VIEWER, Role.RESPONDER, Role.MANAGER, Role.ADMIN
INCIDENTS = ("incident", "private incident")
HOTFIXES = ("hotfix", "private hotfix")
ROLLBACKS = ("rollback", "private rollback")
ENTRIES = ("incident's entry", "private incident's entry")
ACTIONS = ("incident's action item", "private incident's action item")
REDACTIONS = ("incident's redaction", "private incident's redaction")

ENTRANCE = [
    Page("account_login", get=EVERYBODY, post=EVERYBODY),
    Page("account_logout", get=EVERYBODY, post=EVERYBODY),
    Page("account_signup", get=EVERYBODY, post=EVERYBODY),
    Page("account_inactive", get=EVERYBODY),
    Page("account_reauthenticate", get=SIGNED_IN, post=SIGNED_IN),
    Page("account_change_password", get=SIGNED_IN, post=SIGNED_IN),
    Page("account_reset_password", get=EVERYBODY, post=EVERYBODY),
    Page("account_reset_password_done", get=EVERYBODY),
    Page("account_reset_password_from_key_done", get=EVERYBODY),
    Page("account_reset_password_from_key", get=EVERYBODY, post=EVERYBODY,
         named={"uidb36": "1", "key": "set-password"}),
    # Between the password and Nightdesk; without the one it leads back to it.
    Page("mfa_authenticate", get=EVERYBODY, post=EVERYBODY),
    Page("healthz", get=EVERYBODY),
    Page("nightdesk_push", get=EVERYBODY),
    Page("api_page", get=EVERYBODY),
]  # fmt: skip

OWN = [
    Page("health", get=SIGNED_IN),
    Page("health_banner", get=SIGNED_IN),
    Page("health_frame", get=SIGNED_IN),
    Page("usersessions_list", get=SIGNED_IN, post=SIGNED_IN),
    Page("end_session", post=V, on=("session",)),
    Page("passkeys", get=SIGNED_IN, post=SIGNED_IN),
    Page("remove_passkey", get=V, post=V, on=("passkey",)),
    Page("second_step", get=SIGNED_IN),
    Page("add_app", get=SIGNED_IN, post=SIGNED_IN),
    Page("remove_app", get=SIGNED_IN, post=SIGNED_IN),
    Page("make_codes", get=SIGNED_IN, post=SIGNED_IN),
    Page("settings", get=SIGNED_IN),
    Page("profile", get=SIGNED_IN, post=SIGNED_IN),
    Page("inbox", get=SIGNED_IN),
    Page("tokens", get=SIGNED_IN),
    Page("make_token", get=SIGNED_IN, post=SIGNED_IN),
    Page("revoke_token", post=V, on=("token",)),
]

# Whoever is an admin of some team finds people to put into it; only administrators change who somebody is.
# A person (here: the viewer) knows of themselves.
PEOPLE = [
    Page("people", get=A),
    Page("add_person", get=A, post=A),
    Page("person", get=A, named={"pk": "viewer"}),
    Page("change_email", get=ADMINISTRATOR, post=ADMINISTRATOR, on=("person",)),
    Page("deactivate", post=ADMINISTRATOR, on=("person",)),
    Page("reactivate", post=ADMINISTRATOR, on=("person",)),
    Page("make_link", post=ADMINISTRATOR, on=("person",)),
    Page("end_second_step", get=ADMINISTRATOR, post=ADMINISTRATOR, on=("person",)),
    Page("promote", post=ADMINISTRATOR, on=("person",)),
    Page("demote", post=ADMINISTRATOR, on=("person",)),
    Page("put_in_team", post=A, on=("person",)),
    Page("change_role", post=A, on=("membership",), sent={"role": "manager"}),
    Page("remove_from_team", post=A, on=("membership",)),
    Page("teams", get=SIGNED_IN),
    Page("add_team", get=ADMINISTRATOR, post=ADMINISTRATOR),
    Page("team", get=V, post=A, on=("team",), sent={"name": "Zebra crew", "time_zone": "UTC"}),
]

PRODUCTS = [
    Page("products", get=SIGNED_IN),
    Page("create_product", get=M, post=M),
    Page("product", get=V, on=("product",)),
    Page("edit_product", get=M, post=M, on=("product",)),
    Page("set_up", get=M, post=M, on=("product",)),
    Page("set_up_step", get=M, post=M, on=("product",), named={"step": "people"}),
    Page("repository", get=V, post=M, on=("product",)),
    Page("repository_state", get=V, on=("product",)),
    Page("look_again", post=M, on=("product",)),
    Page("use_main", post=M, on=("product",), sent={"main": "master"}),
    Page("disconnect_repository", post=M, on=("product",)),
    Page("hook_secret", post=M, on=("product",)),
    Page("end_old_secret", post=M, on=("product",)),
    Page("policy", get=V, post=M, on=("product",)),
    Page("deployments", get=V, on=("product",)),
    Page(
        "report_deployment",
        get=R,
        post=R,
        on=("product",),
        sent={"environment": "production", "version": "9.9.9", "status": "started"},
    ),
    Page("archive_product", post=M, on=("product",)),
    Page("restore_product", post=M, on=("product",)),
    Page("add_environment", post=M, on=("product",)),
    Page("add_contact", post=M, on=("product",)),
    Page("remove_contact", post=M, on=("contact",)),
    Page("move_contact", post=M, on=("contact",)),
    Page("list_for_role", post=M, on=("product",)),
    Page("unlist", post=M, on=("role holder",)),
    Page("move_role_holder", post=M, on=("role holder",)),
    Page("processes", get=SIGNED_IN),
    Page("process_schema", get=SIGNED_IN),
    Page("process", get=SIGNED_IN, named={"key": "krow"}),
    Page("process_version", get=SIGNED_IN, named={"key": "krow", "number": 1}),
    Page("simulate", get=SIGNED_IN, named={"key": "krow"}),
    Page("simulate_version", get=SIGNED_IN, named={"key": "krow", "number": 1}),
    Page("process_text", get=SIGNED_IN, named={"key": "krow", "number": 1}),
    Page("process_source", get=SIGNED_IN, named={"key": "krow", "number": 1}),
    Page("process_diff", get=SIGNED_IN, named={"key": "krow", "number": 1}),
    Page("new_process", get=M, post=M),
    Page("process_draft", get=M, post=M, named={"key": "krow"}),
    Page("start_draft", post=M, named={"key": "krow"}),
    Page("draft_guesses", post=M, named={"key": "krow"}),
    Page("go_on_draft", post=M, named={"key": "krow"}),
    Page("publish_draft", get=M, post=ADMINISTRATOR, named={"key": "krow"}),
    Page("discard_draft", get=M, post=M, named={"key": "krow"}),
]

AUDITS = [
    Page("audits", get=SIGNED_IN, post=R),
    Page("audit", get=V, on=("audit",)),
    Page("cancel_audit", post=M, on=("audit",)),
]

CHANNELS = [
    Page("channels", get=SIGNED_IN),
    Page("add_channel", get=SIGNED_IN, post=SIGNED_IN, named={"kind": "ntfy"}),
    Page("edit_channel", get=M, post=M, on=("channel", "own channel")),
    Page("archive_channel", post=M, on=("channel", "own channel")),
    Page("restore_channel", post=M, on=("channel", "own channel")),
    Page("test_mail", post=SIGNED_IN),
    Page("test_channel", post=M, on=("channel", "own channel")),
    Page("held", get=A, hidden=True),
    Page("release_held", post=A, hidden=True),
    Page("drop_held", post=A, hidden=True),
    Page("release_delivery", post=A, on=("delivery", "private delivery")),
    Page("drop_delivery", post=A, on=("delivery", "private delivery")),
    Page("retry_delivery", post=R, on=("delivery", "private delivery")),
    Page("note_delivery", post=R, on=("delivery", "private delivery")),
]

MONITORS = [
    Page("monitoring:board", get=SIGNED_IN),
    Page("monitoring:new", get=M, post=M),
    Page("monitoring:monitor", get=V, on=("monitor",)),
    Page("monitoring:edit", get=M, post=M, on=("monitor",)),
    Page("monitoring:check", post=R, on=("monitor",)),
    Page("monitoring:disable", post=M, on=("monitor",)),
    Page("monitoring:enable", post=M, on=("monitor",)),
    Page("monitoring:archive", post=M, on=("monitor",)),
    Page("monitoring:rotate_key", post=M, on=("monitor",)),
    Page("maintenance:index", get=SIGNED_IN),
    Page("maintenance:choose", get=M),
    Page("maintenance:new", get=M, post=M, on=("product",)),
    Page("maintenance:tap", post=M, on=("product",)),
    Page("maintenance:window", get=V, on=("maintenance",)),
    Page("maintenance:move", post=M, on=("maintenance",), sent={"more": "30"}),
    Page("maintenance:end", post=M, on=("maintenance",)),
]

ALERTS = [
    Page("alerts:index", get=SIGNED_IN),
    Page("alerts:new", get=M, post=M),
    Page("alerts:source", get=V, on=("alert source",)),
    Page("alerts:edit", get=M, post=M, on=("alert source",)),
    Page("alerts:enable", post=M, on=("alert source",)),
    Page("alerts:disable", post=M, on=("alert source",)),
    Page("alerts:archive", post=M, on=("alert source",)),
    Page("alerts:rotate_key", post=M, on=("alert source",)),
    Page("alerts:end", post=R, on=("alert",)),
]

RECORDS = [
    Page("now", get=SIGNED_IN),
    Page("declare", get=SIGNED_IN, post=SIGNED_IN),
    Page("incidents", get=SIGNED_IN),
    Page("incident", get=V, on=INCIDENTS, door=True),
    Page("break_glass", get=BREAK_GLASS, post=BREAK_GLASS, on=INCIDENTS),
    Page("declared", get=V, on=INCIDENTS),
    Page("join", post=V, on=INCIDENTS),
    Page("fresh", get=V, on=INCIDENTS),
    Page("checklist", get=V, on=INCIDENTS),
    Page("owed", get=SIGNED_IN),
    Page("message", get=R, post=R, on=("incident's message", "private incident's message")),
    Page("claim", get=R, post=R, on=INCIDENTS, named={"role": "devops"}),
    Page("hand_over", get=R, post=R, on=INCIDENTS, named={"role": "devops"}),
    Page("give_up", get=R, post=R, on=INCIDENTS, named={"role": "devops"}),
    Page("hotfixes", get=SIGNED_IN),
    Page("hotfix", get=V, on=HOTFIXES),
    Page("checks_text", get=V, on=HOTFIXES),
    Page("recheck", post=R, on=HOTFIXES),
    Page("change_versions", get=R, post=R, on=HOTFIXES),
    Page("abandon_hotfix", get=R, post=R, on=HOTFIXES),
    Page("attest_check", get=R, post=R, on=HOTFIXES, named={"key": "merged"}),
    Page("waive_check", get=R, post=R, on=HOTFIXES, named={"key": "merged"}),
    Page("confirm_waiver", get=R, post=R, on=HOTFIXES, named={"key": "merged"}),
    Page("withdraw_waiver", get=R, post=R, on=HOTFIXES, named={"key": "merged"}),
    Page("regress_hotfix", get=R, post=R, on=HOTFIXES),
    Page("rollback", get=V, on=ROLLBACKS),
    *(
        Page(name, get=R, post=R, on=ROLLBACKS)
        for name in ("rollback_back", "rollback_done", "abandon_rollback")
    ),
    *(
        Page(name, get=R, post=R, on=ROLLBACKS, named={"position": 1})
        for name in ("tick_rollback", "skip_rollback_step", "reopen_rollback_step")
    ),
    Page("decisions", get=SIGNED_IN),
    Page("decisions_waiting", get=SIGNED_IN),
    Page("decision_card", get=V, on=INCIDENTS),
    # Who is listed for the deciding role (world.py lists the admin of the team).
    Page("decision_confirm", get=A, post=A, on=INCIDENTS),
    Page("ask_question", get=R, post=R, on=INCIDENTS),
    Page("answer_question", get=R, post=R, on=("incident's asked", "private incident's asked")),
    Page("revisit_decision", post=R, on=INCIDENTS),
    Page("approve_hotfix", get=R, post=R, on=HOTFIXES),
    Page("withdraw_approval", post=R, on=HOTFIXES),
    Page("postmortems", get=SIGNED_IN),
    Page("insights", get=SIGNED_IN),
    Page("insights_list", get=SIGNED_IN),
    Page("insights_csv", get=SIGNED_IN),
    Page("postmortem", get=V, on=INCIDENTS),
    Page("postmortem_fresh", get=V, on=INCIDENTS),
    Page("postmortem_markdown", get=V, on=INCIDENTS),
    Page("postmortem_json", get=V, on=INCIDENTS),
    Page("postmortem_answer", post=R, on=INCIDENTS, named={"key": "root_cause"}, sent={"text": "Because"}),
    Page("postmortem_schedule", get=R, post=R, on=INCIDENTS),
    Page("postmortem_review", get=R, post=R, on=INCIDENTS),
    Page("postmortem_process", get=R, post=R, on=INCIDENTS),
    Page("postmortem_share", get=R, post=R, on=INCIDENTS),
    Page("postmortem_reopen", get=R, post=R, on=INCIDENTS),
    Page("action_add", get=R, post=R, on=INCIDENTS),
    Page("action_change", get=R, post=R, on=ACTIONS),
    Page("action_finish", post=R, on=ACTIONS),
    Page("action_reopen", post=R, on=ACTIONS),
    Page("action_drop", get=R, post=R, on=ACTIONS),
    Page("event", get=V, on=ENTRIES),
    Page("attachment", get=V, on=ENTRIES),
    Page("correct", get=R, post=R, on=ENTRIES),
    Page("redact", get=R, post=R, on=ENTRIES),
    Page("settle", post=R, on=REDACTIONS),
]

AREAS = {
    "entrance": ENTRANCE,
    "own": OWN,
    "people": PEOPLE,
    "products": PRODUCTS,
    "audits": AUDITS,
    "channels": CHANNELS,
    "monitors": MONITORS,
    "alerts": ALERTS,
    "records": RECORDS,
}
PAGES = [row for rows in AREAS.values() for row in rows]

# Who is refused here stands in the incident's timeline.
NOTED = {"decision_confirm"}
# Looking at these plays a process and undoes it: what they leave is compared row by row.
PLAYED = {"simulate", "simulate_version"}

ALERTS_IN = ("alertmanager_in", "grafana_in", "sentry_in", "generic_in", "events_in")
# Addresses with a key of their own in the path, or with a token; tests of their own name each.
KEYED = {
    "act": "test_pages.py, once per verb",
    "simulate_draft": "tests/incidents/simulation/test_simulation_page.py",
    "tap": "test_keys_in_paths.py",
    "decision": "tests/hotfixes/decision/test_decision_pages.py",
    "push": "test_keys_in_paths.py",
    **dict.fromkeys(ALERTS_IN, "tests/monitoring/alerts/test_alertmanager.py and test_tools.py"),
    "slack": "tests/notifications/test_slack_answers.py",
    "forge_hook": "tests/hotfixes/hooks/test_hooks.py",
    "no_api": "test_operations.py",
    "readyz": "test_keys_in_paths.py",
    "metrics": "test_keys_in_paths.py",
}
