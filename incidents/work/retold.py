"""Which verbs ask when it was, of an incident that is entered afterwards."""

from incidents.models import Incident, Mode

# The verbs that take `at`.
RETOLD = frozenset({
    "acknowledge", "assess", "assign", "attest", "attest_check", "change_severity", "claim", "close",
    "confirm_severity", "decline", "defer", "describe", "finish_step", "give_up", "hand_over", "lead",
    "mark_duplicate", "mitigate", "not_needed", "reopen", "reopen_step", "report", "resolve", "send_message",
    "skip_step", "start_hotfix", "untick", "update",
})  # fmt: skip


def asks_when(incident: Incident, verb: str) -> bool:
    return incident.mode == Mode.RETROSPECTIVE and verb in RETOLD
