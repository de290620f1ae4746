"""What people do on pages, scripts do too: each form has its operation, or a reason why it stays a page's."""

from __future__ import annotations

from incidents.page.actions import OFFERS
from tests.security.operations import OPERATIONS
from tests.security.pages import PAGES

BY_HAND = "who one is, and what would let a script in as somebody else"
EYES = "a person looks and says that they looked"
# The form of a page, or a button of the incident's, and the operation that does the same.
DONE_BY = {
    "end_session": BY_HAND, "usersessions_list": BY_HAND, "passkeys": BY_HAND, "remove_passkey": BY_HAND,
    "profile": BY_HAND, "account_login": BY_HAND, "account_logout": BY_HAND, "account_signup": BY_HAND,
    "account_reauthenticate": BY_HAND, "account_change_password": BY_HAND, "account_reset_password": BY_HAND,
    "account_reset_password_from_key": BY_HAND, "change_email": BY_HAND, "make_link": BY_HAND, "promote": BY_HAND,
    "demote": BY_HAND, "break_glass": EYES,
    "mfa_authenticate": BY_HAND, "add_app": BY_HAND, "remove_app": BY_HAND, "make_codes": BY_HAND,
    "end_second_step": "POST /people/{}/end_second_step",
    "make_token": "POST /tokens", "revoke_token": "POST /tokens/{}/revoke",
    "add_person": "POST /people", "deactivate": "POST /people/{}/deactivate",
    "reactivate": "POST /people/{}/reactivate", "put_in_team": "POST /teams/{}/members",
    "change_role": "PATCH /teams/{}/members/{}", "remove_from_team": "DELETE /teams/{}/members/{}",
    "add_team": "POST /teams", "team": "PATCH /teams/{}",
    "create_product": "POST /products", "edit_product": "PATCH /products/{}", "set_up": "PATCH /products/{}",
    "set_up_step": "DELETE /products/{}/environments/{}", "repository": "PATCH /products/{}",
    "look_again": "POST /products/{}/repository/look", "use_main": "PATCH /products/{}",
    "disconnect_repository": "PATCH /products/{}", "hook_secret": "POST /products/{}/repository/secret",
    "end_old_secret": "POST /products/{}/repository/secret/end", "policy": "PATCH /products/{}",
    "report_deployment": "POST /deployments", "archive_product": "POST /products/{}/archive",
    "restore_product": "POST /products/{}/restore", "add_environment": "POST /products/{}/environments",
    "add_contact": "POST /products/{}/contacts", "remove_contact": "DELETE /products/{}/contacts/{}",
    "move_contact": "POST /products/{}/contacts/{}/move", "list_for_role": "POST /products/{}/roles",
    "unlist": "DELETE /products/{}/roles/{}", "move_role_holder": "POST /products/{}/roles/{}/move",
    "new_process": "POST /processes/{}/draft", "process_draft": "PUT /processes/{}/draft",
    "start_draft": "POST /processes/{}/draft", "draft_guesses": "POST /processes/{}/draft/guesses",
    "go_on_draft": "POST /processes/{}/draft/go_on", "publish_draft": "POST /processes/{}/draft/publish",
    "discard_draft": "DELETE /processes/{}/draft",
    "audits": "POST /audits", "cancel_audit": "POST /audits/{}/cancel",
    "add_channel": "POST /channels", "edit_channel": "PATCH /channels/{}",
    "archive_channel": "POST /channels/{}/archive", "restore_channel": "POST /channels/{}/restore",
    "test_channel": "POST /channels/{}/test", "test_mail": BY_HAND,
    "release_held": "POST /deliveries/{}/release", "drop_held": "POST /deliveries/{}/drop",
    "release_delivery": "POST /deliveries/{}/release", "drop_delivery": "POST /deliveries/{}/drop",
    "retry_delivery": "POST /deliveries/{}/retry", "note_delivery": "POST /deliveries/{}/note",
    "monitoring:new": "POST /monitors", "monitoring:edit": "PATCH /monitors/{}",
    "monitoring:check": "POST /monitors/{}/check", "monitoring:disable": "POST /monitors/{}/disable",
    "monitoring:enable": "POST /monitors/{}/enable", "monitoring:archive": "POST /monitors/{}/archive",
    "monitoring:rotate_key": "POST /monitors/{}/rotate_key",
    "alerts:new": "POST /alert_sources", "alerts:edit": "PATCH /alert_sources/{}", "alerts:end": "POST /alerts/{}/end",
    **{f"alerts:{verb}": f"POST /alert_sources/{{}}/{verb}" for verb in ("enable", "disable", "archive", "rotate_key")},
    "maintenance:new": "POST /maintenance", "maintenance:tap": "POST /maintenance",
    "maintenance:move": "PATCH /maintenance/{}", "maintenance:end": "POST /maintenance/{}/end",
    "declare": "POST /incidents", "join": "POST /incidents/{}/note",
    "message": "POST /incidents/{}/send_message", "claim": "POST /incidents/{}/claim",
    "hand_over": "POST /incidents/{}/hand_over", "give_up": "POST /incidents/{}/give_up",
    "change_versions": "POST /hotfixes/{}/versions",
    "recheck": "POST /hotfixes/{}/recheck", "abandon_hotfix": "POST /hotfixes/{}/abandon",
    "attest_check": "POST /hotfixes/{}/checks/{}/attest", "waive_check": "POST /hotfixes/{}/checks/{}/override",
    "confirm_waiver": "POST /hotfixes/{}/checks/{}/override/confirm",
    "withdraw_waiver": "POST /hotfixes/{}/checks/{}/withdraw", "regress_hotfix": "POST /hotfixes/{}/regressed",
    "rollback_back": "POST /rollbacks/{}/back", "rollback_done": "POST /rollbacks/{}/done",
    "abandon_rollback": "POST /rollbacks/{}/abandon", "tick_rollback": "POST /rollbacks/{}/steps/{}",
    "skip_rollback_step": "POST /rollbacks/{}/steps/{}", "reopen_rollback_step": "POST /rollbacks/{}/steps/{}",
    "decision_confirm": "POST /incidents/{}/decision", "ask_question": "POST /incidents/{}/questions",
    "answer_question": "POST /incidents/{}/questions/{}/answer",
    "revisit_decision": "POST /incidents/{}/decision/revisit",
    "approve_hotfix": "POST /hotfixes/{}/approval", "withdraw_approval": "POST /hotfixes/{}/approval/withdraw",
    "postmortem_answer": "POST /incidents/{}/postmortem/answers/{}",
    "postmortem_schedule": "POST /incidents/{}/schedule_postmortem",
    "postmortem_review": "POST /incidents/{}/postmortem/review",
    "postmortem_process": "POST /incidents/{}/postmortem/process",
    "postmortem_share": "POST /incidents/{}/postmortem/share",
    "postmortem_reopen": "POST /incidents/{}/postmortem/reopen",
    "action_add": "POST /incidents/{}/postmortem/actions",
    "action_change": "PATCH /incidents/{}/postmortem/actions/{}",
    "action_finish": "POST /incidents/{}/postmortem/actions/{}/{}",
    "action_reopen": "POST /incidents/{}/postmortem/actions/{}/{}",
    "action_drop": "POST /incidents/{}/postmortem/actions/{}/{}",
    "correct": "POST /incidents/{}/correct", "redact": "POST /incidents/{}/redact",
    "settle": "POST /incidents/{}/redact",
}  # fmt: skip
# Buttons of the incident's page that are called otherwise there.
CALLED = {
    "lead": "POST /incidents/{}/claim", "assess": "POST /incidents/{}/change_severity",
    "finish_step": "POST /incidents/{}/steps/{}/{}", "skip_step": "POST /incidents/{}/steps/{}/{}",
    "reopen_step": "POST /incidents/{}/steps/{}/{}", "attest": "POST /incidents/{}/checklist/{}/{}",
    "not_needed": "POST /incidents/{}/checklist/{}/{}", "untick": "POST /incidents/{}/checklist/{}/{}",
    "vouch": "POST /incidents/{}/messages/{}/vouch", "look_again": "POST /hotfixes/{}/recheck",
    "start_hotfix": "POST /incidents/{}/hotfixes", "attest_check": "POST /hotfixes/{}/checks/{}/attest",
    "count": "POST /tallies", "finish_watch": "POST /incidents/{}/report",
    "rollback_step": "POST /rollbacks/{}/steps/{}", "say_back": "POST /rollbacks/{}/back",
}  # fmt: skip
OPERATED = {row.call.replace("krow", "{}") for row in OPERATIONS}


def test_each_form_of_a_page_has_its_operation() -> None:
    forms = {page.name for page in PAGES if page.post}
    assert forms == DONE_BY.keys()
    assert {call for call in DONE_BY.values() if call not in (BY_HAND, EYES)} <= OPERATED


def test_each_button_of_an_incident_has_its_operation() -> None:
    called = {verb: CALLED.get(verb, f"POST /incidents/{{}}/{verb}") for verb in OFFERS}
    assert {verb: call for verb, call in called.items() if call != EYES and call not in OPERATED} == {}
    assert CALLED.keys() <= OFFERS.keys()
