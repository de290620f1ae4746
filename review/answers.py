"""What people answer to the questions of the process: read, and written so that nobody's words are lost.

Who saves says what they had before them (`seen`). If somebody has written something else since, nothing is saved and
both are shown; every wording stays readable.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.written import utc
from incidents.models import Incident
from review import documented
from review.documents import questions
from review.hold import announce, held_open
from review.models import Answer, Postmortem
from review.refusals import AnswerChanged

# Saving while one types makes no wording of each second.
SAME_BREATH = timedelta(seconds=60)


def seen(text: str) -> str:
    """What a reader hands back: a digest of the wording that they had before them; "" for none."""
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def answer(
    incident: Incident, key: str, *, by: User, text: str, seen: str = "", at: datetime | None = None
) -> Answer:
    """`by` answers the question `key`. Raises AnswerChanged, Frozen, or ValidationError for an unknown question."""
    if key not in {question["key"] for question in questions(incident)}:
        keys = ", ".join(question["key"] for question in questions(incident))
        raise ValidationError({"key": _("The process asks these questions: %(keys)s.") % {"keys": keys}})
    return write(incident, key, by=by, text=text, seen=seen, at=at)


def write(
    incident: Incident, key: str, *, by: User, text: str, seen: str | None = None, at: datetime | None = None
) -> Answer:
    """Keeps words of people by `key`, whatever that is; without `seen` the last one counts, the others stay."""
    text = text.replace("\r\n", "\n").strip()
    with transaction.atomic():
        report = held_open(incident)
        last = latest(report, key)
        if (last.text if last else "") == text:
            return last or Answer(postmortem=report, key=key, number=0, text="", by=by)
        if seen is not None and _seen(last) != seen:
            raise AnswerChanged(incident, last)
        now = at or moment.now()
        made = _written(report, key, last, by, text, now)
        documented.follow(incident, report, by=by, at=at)
        announce(incident)
        return made


def latest(report: Postmortem | None, key: str) -> Answer | None:
    rows = report.answers.filter(key=key).select_related("by") if report else Answer.objects.none()
    return rows.order_by("-number").first()


def _seen(last: Answer | None) -> str:
    return seen(last.text) if last else ""


def _written(report: Postmortem, key: str, last: Answer | None, by: User, text: str, now: datetime) -> Answer:
    """Another wording; the same one going on where a person is still typing it. What became shorter is kept."""
    going_on = last and last.by_id == by.pk and now - last.at < SAME_BREATH and len(text) >= len(last.text)
    if last and going_on:
        last.text, last.at = text, now
        last.save(update_fields=["text", "at"])
        return last
    number = last.number + 1 if last else 1
    return Answer.objects.create(postmortem=report, key=key, number=number, text=text, by=by, at=now)


def current(incident: Incident, report: Postmortem | None) -> list[dict[str, Any]]:
    """Each question of the process with what is answered now: JSON."""
    latest = _latest(report)
    return [_shape(question, latest.get(question["key"])) for question in questions(incident)]


def left(incident: Incident, report: Postmortem | None) -> int:
    """How many questions nobody has answered."""
    latest = _latest(report)
    rows = [latest.get(question["key"]) for question in questions(incident)]
    return sum(not (row and row.text) for row in rows)


def answered(reports: Sequence[Postmortem]) -> set[tuple[int, str]]:
    """(report, question) wherever something is answered now; one query for a whole list."""
    rows = Answer.objects.filter(postmortem__in=reports).order_by("number")
    latest = {(pk, key): length for pk, key, length in rows.values_list("postmortem", "key", Length("text"))}
    return {key for key, length in latest.items() if length}


def writers(report: Postmortem | None) -> list[str]:
    """Who wrote what stands there now."""
    return sorted({str(row.by) for row in _latest(report).values() if row.text})


def own_work(report: Postmortem) -> str:
    """Whether who reviewed it has written it: "all", "part", or "" for a second pair of eyes."""
    authors = {row.by_id for row in _latest(report).values() if row.text}
    if report.reviewed_by_id not in authors:
        return ""
    return "all" if len(authors) == 1 else "part"


def _latest(report: Postmortem | None) -> dict[str, Answer]:
    if report is None:
        return {}
    rows = report.answers.select_related("by").order_by("key", "number")
    return {row.key: row for row in rows}


def _shape(question: dict[str, str], row: Answer | None) -> dict[str, Any]:
    return {
        "key": question["key"],
        "question": question["text"],
        "text": row.text if row else "",
        "by": str(row.by) if row else "",
        "at": utc(row.at) if row else None,
        "number": row.number if row else 0,
        "seen": seen(row.text) if row else "",
    }
