"""Codes as people read them. A look brings its own sentence; these are for what has none.

The API keeps the codes; pages show words.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "archived": _("It was archived."),
    "bad_event": _("It is an event that lacks what every event must have."),
    "bad_expect": _("What is expected of it cannot be checked."),
    "bad_mapping": _("The mapping does not fit."),
    "bad_size": _("A size in it is no number of bytes."),
    "bad_status": _("A status has no meaning in the mapping."),
    "bad_timestamp": _("A time in it cannot be read."),
    "body": _("A text was missing in the answer."),
    "certificate": _("The certificate ends soon."),
    "connect": _("It could not be reached."),
    "duplicate_key": _("A name stands in it twice."),
    "edited": _("It was changed; not looked at since."),
    "empty": _("There was nothing in it."),
    "internal": _("Nightdesk itself failed."),
    "json": _("A JSON field was not as expected."),
    "late": _("It reported too late."),
    "maintenance": _("Maintenance began."),
    "maintenance_over": _("Maintenance is over."),
    "missing": _("It was no longer there."),
    "nan_or_infinity": _("A number in it is none."),
    "no_count": _("It said no number."),
    "no_mapping": _("Its shape is not known."),
    "no_push": _("Nothing has arrived yet."),
    "no_tail": _("Nobody told its last lines."),
    "no_targets": _("It names no targets."),
    "not_found": _("It was not found."),
    "not_json": _("It was not JSON."),
    "not_utf8": _("It was not UTF-8 text."),
    "not_watched": _("Nightdesk did not look for a while, so nobody knows."),
    "other_kind": _("It is JSON, and not what this tool sends."),
    "says_failed": _("It said that it failed."),
    "slow": _("It answered slowly."),
    "stale": _("Its data was not written again in time."),
    "status": _("The status was not as expected."),
    "switched_off": _("It was switched off."),
    "timeout": _("It did not answer in time."),
    "timestamp_in_future": _("A time in it lies in the future."),
    "too_deep": _("It was nested too deep."),
    "too_large": _("It was too large."),
    "too_many": _("There were too many of them."),
    "too_many_targets": _("It names too many targets."),
    "unreadable": _("It could not be read."),
    "uptime": _("Its uptime was below the limit."),
}


def said(detail: str, code: str) -> str:
    """The look's own sentence, else the code's, else the code without its underscores; "" for neither."""
    return detail or str(WORDS.get(code, code.replace("_", " ")))
