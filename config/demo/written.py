"""The part of a story that people write when it is over: the meeting, the answers, the action items, the review."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from config.demo.stage import At
from foundation import moment
from incidents.models import Incident
from review.action_items import add_action, finish_action
from review.answers import answer
from review.reviewing import review
from review.schedule_postmortem import schedule_postmortem


@dataclass(frozen=True)
class Written:
    """`answers` are (question, who, text), `actions` (text, kind, owner, due from today).

    `meets`, `scheduled` and `written` are minutes of the story.
    """

    answers: tuple[tuple[str, User, str], ...]
    actions: tuple[tuple[str, str, User, timedelta], ...]
    by: User
    reviewer: User
    attendees: str
    meets: float
    scheduled: float
    written: float


def write(incident: Incident, at: At, story: Written) -> None:
    """Reviewed by somebody who wrote none of it; the first action item is done already."""
    schedule_postmortem(
        incident, by=story.by, meets_at=at(story.meets), attendees=story.attendees, at=at(story.scheduled)
    )
    for number, (key, who, text) in enumerate(story.answers):
        answer(incident, key, by=who, text=text, at=at(story.written + 4 * number))
    today = moment.now().date()
    made = [
        add_action(incident, by=story.by, text=text, kind=kind, owner=owner, due=today + due)
        for text, kind, owner, due in story.actions
    ]
    finish_action(made[0], by=made[0].owner)
    review(incident, by=story.reviewer, at=at(story.written + 60))
