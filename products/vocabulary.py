"""The words every app shares: event kinds, verbs, clock keys, verdicts. Names only, nothing is done here.

Kinds and verbs are public: a verb records the event that is its past participle. A process document may use these
words and no others where it speaks of events.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# One thing, one wording: the event `mitigated`, the verb `mitigate` and the status `monitoring` that follows.
CONTAINED = _("Damage contained")


class EventKind(models.TextChoices):
    """What can have happened on a timeline: past participles, public, in the order of an incident's life."""

    DECLARED = "declared", _("Declared")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    DESCRIBED = "described", _("Described")
    SEVERITY_CONFIRMED = "severity_confirmed", _("Severity confirmed")
    SEVERITY_CHANGED = "severity_changed", _("Severity changed")
    ASSIGNED = "assigned", _("Assigned")
    HANDED_OVER = "handed_over", _("Handed over")
    NOTED = "noted", _("Note")
    UPDATED = "updated", _("Update")
    ASKED = "asked", _("Question")
    ANSWERED = "answered", _("Answer")
    MITIGATED = "mitigated", CONTAINED
    RESOLVED = "resolved", _("Resolved")
    REOPENED = "reopened", _("Reopened")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    DEFERRED = "deferred", _("Deferred")
    DUPLICATE_MARKED = "duplicate_marked", _("Marked as a duplicate")
    CORRECTED = "corrected", _("Corrected")
    REDACTED = "redacted", _("Redacted")
    DECIDED = "decided", _("Decided")
    HOTFIX_STARTED = "hotfix_started", _("Hotfix started")
    ROLLBACK_STARTED = "rollback_started", _("Rollback started")
    BRANCH_SEEN = "branch_seen", _("Branch seen")
    FIX_PUSHED = "fix_pushed", _("Fix pushed")
    REVIEW_REQUESTED = "review_requested", _("Review requested")
    APPROVED = "approved", _("Approved")
    APPROVAL_DISMISSED = "approval_dismissed", _("Approval dismissed")
    MERGED = "merged", _("Merged")
    TAGGED = "tagged", _("Tagged")
    RELEASED = "released", _("Released")
    DEPLOY_STARTED = "deploy_started", _("Deployment started")
    DEPLOYED = "deployed", _("Deployed")
    DEPLOY_FAILED = "deploy_failed", _("Deployment failed")
    ROLLED_BACK = "rolled_back", _("Rolled back")
    TAKEN_BACK = "taken_back", _("Fix taken back")
    REGRESSED = "regressed", _("It got worse")
    SMOKE_PASSED = "smoke_passed", _("Smoke tests passed")
    SMOKE_FAILED = "smoke_failed", _("Smoke tests failed")
    WATCH_OPENED = "watch_opened", _("Watch opened")
    WATCH_EXTENDED = "watch_extended", _("Watch extended")
    WATCH_MET = "watch_met", _("Watch finished")
    WATCH_FAILED = "watch_failed", _("Watch failed")
    MESSAGE_SENT = "message_sent", _("Message sent")
    CHECK_CHANGED = "check_changed", _("Check changed")
    OVERRIDDEN = "overridden", _("Overridden")
    ATTESTED = "attested", _("Attested")
    CLOCK_BREACHED = "clock_breached", _("Time ran out")
    CLOCK_PAUSED = "clock_paused", _("Clock paused")
    CLOCK_RESUMED = "clock_resumed", _("Clock resumed")
    CLOCK_WAIVED = "clock_waived", _("Clock waived")
    MONITOR_DOWN = "monitor_down", _("Monitor down")
    MONITOR_UP = "monitor_up", _("Monitor up")
    ALERT_RECEIVED = "alert_received", _("Alert received")
    POSTMORTEM_SCHEDULED = "postmortem_scheduled", _("Postmortem scheduled")
    POSTMORTEM_PUBLISHED = "postmortem_published", _("Postmortem published")


class Moment(models.TextChoices):
    """Moments an incident carries as fields, not events. A clock may start there, before anyone told us."""

    DETECTED_AT = "detected_at", _("Detected")
    REPORTED_AT = "reported_at", _("Reported")


class Verb(models.TextChoices):
    """What a person or a machine may do to an incident; `POST /incidents/{ref}/{verb}` uses the same word."""

    DECLARE = "declare", _("Declare")
    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    DESCRIBE = "describe", _("Describe")
    CONFIRM_SEVERITY = "confirm_severity", _("Confirm severity")
    CHANGE_SEVERITY = "change_severity", _("Change severity")
    ASSIGN = "assign", _("Assign")
    CLAIM = "claim", _("Claim")
    HAND_OVER = "hand_over", _("Hand over")
    NOTE = "note", _("Note")
    UPDATE = "update", _("Update")
    PROPOSE = "propose", _("Propose")
    MITIGATE = "mitigate", CONTAINED
    RESOLVE = "resolve", _("Resolve")
    REOPEN = "reopen", _("Reopen")
    CLOSE = "close", _("Close")
    DECLINE = "decline", _("Decline")
    DEFER = "defer", _("Defer")
    MARK_DUPLICATE = "mark_duplicate", _("Mark as a duplicate")
    CORRECT = "correct", _("Correct")
    REDACT = "redact", _("Redact")
    PAUSE_CLOCK = "pause_clock", _("Pause clock")
    RESUME_CLOCK = "resume_clock", _("Resume clock")
    WAIVE_CLOCK = "waive_clock", _("Waive clock")
    SEND_MESSAGE = "send_message", _("Send message")


# Which event a verb records.
VERBS: Mapping[Verb, EventKind] = MappingProxyType(
    {
        Verb.DECLARE: EventKind.DECLARED,
        Verb.ACKNOWLEDGE: EventKind.ACKNOWLEDGED,
        Verb.DESCRIBE: EventKind.DESCRIBED,
        Verb.CONFIRM_SEVERITY: EventKind.SEVERITY_CONFIRMED,
        Verb.CHANGE_SEVERITY: EventKind.SEVERITY_CHANGED,
        Verb.ASSIGN: EventKind.ASSIGNED,
        Verb.CLAIM: EventKind.ASSIGNED,
        Verb.HAND_OVER: EventKind.HANDED_OVER,
        Verb.NOTE: EventKind.NOTED,
        Verb.UPDATE: EventKind.UPDATED,
        Verb.PROPOSE: EventKind.NOTED,
        Verb.MITIGATE: EventKind.MITIGATED,
        Verb.RESOLVE: EventKind.RESOLVED,
        Verb.REOPEN: EventKind.REOPENED,
        Verb.CLOSE: EventKind.CLOSED,
        Verb.DECLINE: EventKind.DECLINED,
        Verb.DEFER: EventKind.DEFERRED,
        Verb.MARK_DUPLICATE: EventKind.DUPLICATE_MARKED,
        Verb.CORRECT: EventKind.CORRECTED,
        Verb.REDACT: EventKind.REDACTED,
        Verb.PAUSE_CLOCK: EventKind.CLOCK_PAUSED,
        Verb.RESUME_CLOCK: EventKind.CLOCK_RESUMED,
        Verb.WAIVE_CLOCK: EventKind.CLOCK_WAIVED,
        Verb.SEND_MESSAGE: EventKind.MESSAGE_SENT,
    }
)


class Mark(models.TextChoices):
    """How loud a severity is drawn: shape, word and colour of the chip."""

    CRITICAL = "critical", _("Critical")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class Proceed(models.TextChoices):
    """What a severity asks for once it is confirmed (A19, A20, K19, C5, C6)."""

    IMMEDIATELY = "immediately", _("Start at once")
    DEFER = "defer", _("Plan for a release")


class Origin(models.TextChoices):
    """Where an element of a process comes from: the team's written source, or a house default (C16)."""

    SOURCE = "source", _("From the source")
    HOUSE = "house", _("House default")


class ClockKind(models.TextChoices):
    """A commitment is a promise whose breach counts; a target is an aim whose miss is only shown."""

    COMMITMENT = "commitment", _("Commitment")
    TARGET = "target", _("Target")


class ClockKey:
    """Keys of clocks that the product itself speaks of; a process may add any other (C14)."""

    ACKNOWLEDGED = "acknowledged"
    RESPONSE = "response"
    DECISION = "decision"


class ClockWords(NamedTuple):
    """What a clock is called in each of its states, before its number; `none`: before a milestone or "no limit".

    Of a time to wait out, `late` is when it is over and `missed` when it was cut short.
    """

    running: str | Promise
    late: str | Promise
    met: str | Promise
    missed: str | Promise
    paused: str | Promise
    cancelled: str | Promise
    waived: str | Promise
    none: str | Promise


_CLOCK_WORDS = {
    ClockKey.ACKNOWLEDGED: ClockWords(
        running=_("Acknowledge within"),
        late=_("Not acknowledged, late by"),
        met=_("Acknowledged in"),
        missed=_("Acknowledged late, after"),
        paused=_("Acknowledge: paused after"),
        cancelled=_("Acknowledge: cancelled after"),
        waived=_("Acknowledge: waived after"),
        none=_("Acknowledge"),
    ),
    ClockKey.DECISION: ClockWords(
        running=_("Decide within"),
        late=_("Not decided, late by"),
        met=_("Decided in"),
        missed=_("Decided late, after"),
        paused=_("Decide: paused after"),
        cancelled=_("Decide: cancelled after"),
        waived=_("Decide: waived after"),
        none=_("Decide"),
    ),
    ClockKey.RESPONSE: ClockWords(
        running=_("Respond within"),
        late=_("Not responded, late by"),
        met=_("Responded in"),
        missed=_("Responded late, after"),
        paused=_("Respond: paused after"),
        cancelled=_("Respond: cancelled after"),
        waived=_("Respond: waived after"),
        none=_("Respond"),
    ),
}


_OTHER = ClockWords(
    running=_("%(clock)s within"),
    late=_("%(clock)s: late by"),
    met=_("%(clock)s: took"),
    missed=_("%(clock)s: late, after"),
    paused=_("%(clock)s: paused after"),
    cancelled=_("%(clock)s: cancelled after"),
    waived=_("%(clock)s: waived after"),
    none=_("%(clock)s"),
)
_TO_WAIT_OUT = _OTHER._replace(
    running=_("%(clock)s: to go"),
    late=_("%(clock)s: waited out"),
    met=_("%(clock)s: waited out"),
    missed=_("%(clock)s: cut short after"),
)


def clock_words(key: str, label: str, *, at_least: bool = False) -> ClockWords:
    """The words of the clock `key`; one that only a process knows is spoken of by its `label`."""
    if key in _CLOCK_WORDS:
        return _CLOCK_WORDS[key]
    states = _TO_WAIT_OUT if at_least else _OTHER
    return ClockWords(*(str(words) % {"clock": label} for words in states))


class Verdict(models.TextChoices):
    """The outcome of a check; the label is the word on pages. No data is never PASS."""

    PASS = "PASS", _("done")
    STATED = "STATED", _("stated")
    FAIL = "FAIL", _("not right")
    WARN = "WARN", _("worth a look")
    PENDING = "PENDING", _("waiting")
    UNKNOWN = "UNKNOWN", _("can't tell")
    NOT_APPLICABLE = "N/A", _("not needed")


class EnvironmentKind(models.TextChoices):
    """What a place is for, whatever a team calls it."""

    DEV = "dev", _("Development")
    STAGING = "staging", _("Staging")
    PRODUCTION = "production", _("Production")


# Keys of the checks: what a step or a box of the checklist may name.
CHECKS = (
    "severity_assessed", "cut_from_tag", "branch_name", "commit_message", "minimal_diff", "version_bump",
    "changelog_entry", "ff_possible", "review_requested", "approval", "merged", "tag_annotated", "tag_commit",
    "tag_pushed", "tag_unmoved", "release_published", "ci_passed", "deployed", "within_limit", "version_live",
    "smoke", "healthy_window", "errors", "users_notified", "documented", "postmortem_scheduled", "reproduced",
    "tests_passed", "verified_live", "artifact_built", "artifact_stored", "manifest_version", "release_notes",
    "user_reports", "fix_verified", "rollback_verified",
)  # fmt: skip

# What a process may write between braces in names, commands and messages.
PLACEHOLDERS = (
    "product", "product_name", "old", "new", "branch", "tag", "base_tag", "main", "slug", "issue", "impact",
    "users_affected", "solution", "incident", "minutes", "date", "target", "target_tag",
)  # fmt: skip
