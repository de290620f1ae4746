"""What the page of a report shows, read once: the report itself, where it stands, and what its reader may do."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from accounts.access import allowed
from accounts.models import User
from incidents.models import Incident
from incidents.ruler.panel import TONES
from review import report
from review.documents import AskedAction, asked_actions
from review.due import Standing, standing
from review.forms import AnswerForm
from review.models import Answer, Postmortem
from review.refusals import AnswerChanged
from ui.ruler import BAND, Point, svg


@dataclass(frozen=True)
class Question:
    """`answer` is what is saved; `form` what stands in the box; `conflict` is set while two wordings compete."""

    answer: dict[str, Any]
    form: AnswerForm
    conflict: AnswerChanged | None = None
    said: str = ""
    earlier: list[Answer] = field(default_factory=list)

    @property
    def key(self) -> str:
        return str(self.answer["key"])


@dataclass(frozen=True)
class Page:
    incident: Incident
    report: dict[str, Any]
    standing: Standing
    questions: list[Question]
    may: bool
    asked: list[AskedAction]
    now: datetime

    @property
    def reviewed(self) -> bool:
        return self.standing.reviewed

    @cached_property
    def drawn(self) -> str:
        return draw(self.report["plan"])

    @property
    def breaks(self) -> bool:
        return 'class="break"' in self.drawn

    @property
    def three(self) -> list[dict[str, Any]]:
        """What of the plan fits on a phone: what was late, then what is to come."""
        marks = self.report["plan"]["marks"]
        order = ("late", "missed", "planned")
        found = [mark for mark in marks if mark["status"] in order]
        return sorted(found, key=lambda mark: order.index(mark["status"]))[:3]

    @property
    def settled(self) -> list[dict[str, Any]]:
        """The boxes that are done or not needed."""
        return [box for box in self.report["checklist"] if box["state"] != "open"]

    @property
    def wanted(self) -> list[AskedAction]:
        """What the process asks to think of and nobody has added yet."""
        there = {one["kind"] for one in self.report["actions"]}
        return [one for one in self.asked if one.kind not in there and one.text]


def read(incident: Incident, reader: User, now: datetime, typed: dict[str, Question] | None = None) -> Page:
    """`typed`: questions whose boxes hold something else than what is saved, by key."""
    found = report.postmortem_of(incident)
    shown = report.readable(report.read(incident, now, found))
    earlier = _earlier(found)
    questions = [
        (typed or {}).get(one["key"]) or Question(one, form_of(one), earlier=earlier.get(one["key"], []))
        for one in shown["answers"]
    ]
    return Page(
        incident=incident,
        report=shown,
        standing=standing(incident, found, now),
        questions=questions,
        may=allowed(reader, "answer", incident),
        asked=asked_actions(incident),
        now=now,
    )


def form_of(answer: dict[str, Any]) -> AnswerForm:
    initial = {"text": answer["text"], "seen": answer["seen"]}
    return AnswerForm(initial=initial, auto_id=f"id_{answer['key']}_%s")


def draw(plan: dict[str, Any] | None) -> str:
    """The ruler of the kept plan, drawn as on the incident's page."""
    if not plan:
        return ""
    points = [
        Point(
            mark["at_s"], mark["planned"].removeprefix("T+").removeprefix("T-").removesuffix(" min"),
            f"{mark['planned']} {mark['label']}: {mark['text']}", mark["real_s"], TONES.get(mark["status"], "open"),
            mark["limit"], name=mark["label"], note=mark["text"] if mark["status"] == "late" else "",
        )
        for mark in plan["marks"]
    ]  # fmt: skip
    return svg(points, plan["total"], now_s=None, total_s=plan["total_s"], wide=BAND)


def _earlier(found: Postmortem | None) -> dict[str, list[Answer]]:
    """Wordings that were replaced, the newest first."""
    if found is None:
        return {}
    kept: dict[str, list[Answer]] = {}
    for row in found.answers.select_related("by").order_by("key", "-number"):
        kept.setdefault(row.key, []).append(row)
    return {key: rows[1:] for key, rows in kept.items()}
