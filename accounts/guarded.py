"""What only somebody with a second step does, where NIGHTDESK_REQUIRE_MFA says so: approve, report what is deployed,
administrate. Everything else stays open to who has none yet: at night nobody is kept from declaring, acknowledging or
carrying out what was decided. Tokens are made by who has a second step, and those made before go on.
"""

from __future__ import annotations

from django.http import HttpRequest

# Addresses by name.
NEEDED_FOR = frozenset({
    "decision_confirm", "approve_hotfix", "withdraw_approval", "waive_check", "confirm_waiver", "report_deployment",
    "break_glass", "make_token",
    "add_person", "change_email", "deactivate", "reactivate", "make_link", "promote", "demote", "end_second_step",
    "put_in_team", "change_role", "remove_from_team", "add_team", "team",
    "create_product", "edit_product", "set_up", "set_up_step", "archive_product", "restore_product",
    "add_environment", "add_contact", "remove_contact", "move_contact", "list_for_role", "unlist", "move_role_holder",
    "repository", "look_again", "use_main", "disconnect_repository", "hook_secret", "end_old_secret", "policy",
    "new_process", "process_draft", "start_draft", "draft_guesses", "go_on_draft", "publish_draft", "discard_draft",
    "cancel_audit", "add_channel", "edit_channel", "archive_channel", "restore_channel", "test_channel",
    "release_held", "drop_held", "release_delivery", "drop_delivery",
    "monitoring:new", "monitoring:edit", "monitoring:disable", "monitoring:enable", "monitoring:archive",
    "monitoring:rotate_key",
    "alerts:new", "alerts:edit", "alerts:enable", "alerts:disable", "alerts:archive", "alerts:rotate_key",
})  # fmt: skip
# Their GET only shows how it stands; what changes it is the POST.
ONLY_TO_CHANGE = frozenset({"team", "repository", "policy", "break_glass"})


def is_guarded(request: HttpRequest) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name in NEEDED_FOR and (request.method == "POST" or name not in ONLY_TO_CHANGE)
