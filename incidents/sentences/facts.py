"""What the facts of an incident and the data of an event are called on pages."""

from django.utils.translation import gettext_lazy as lazy

# Facts that `describe` changes.
LABELS = {
    "title": lazy("title"),
    "impact": lazy("impact"),
    "workaround": lazy("workaround"),
    "users_affected": lazy("people affected"),
    "users_estimated": lazy("estimate"),
    "users_source": lazy("how counted"),
    "security": lazy("security"),
    "data_loss": lazy("data loss"),
    "affected_version": lazy("affected version"),
    "environment": lazy("environment"),
    "reported_at": lazy("when it was reported"),
}

# The names of an event's data on its own page; what is only for machines has none.
FACTS = {
    "after_s": lazy("After detection"),
    "asked_by": lazy("Asked by"),
    "body": lazy("What it said"),
    "clock": lazy("Clock"),
    "code": lazy("Code"),
    "detail": lazy("What was seen"),
    "detected_at": lazy("Detected at"),
    "reported_at": lazy("Reported at"),
    "down_s": lazy("Down for"),
    "name": lazy("Monitor"),
    "noticed_late_s": lazy("Noticed late by"),
    "now": lazy("Is now"),
    "reason": lazy("Reason"),
    "role": lazy("Role"),
    "severity": lazy("Severity"),
    "target": lazy("Limit"),
    "of": lazy("Duplicate of"),
    "digest": lazy("SHA-256 of the facts shown"),
    "what": lazy("What"),
    "to": lazy("Waits for"),
    "duplicate": lazy("Duplicate"),
    "title": lazy("Title"),
    "user": lazy("Person"),
    "was": lazy("Was"),
    "was_at": lazy("Was recorded for"),
    "line": lazy("Line"),
    "url": lazy("Link"),
}
