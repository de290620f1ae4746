"""Whether a message that waits is still for its recipient: in a night or a day of trying, people leave.

Whom an incident concerns, only the app above knows: it registers a judge when it starts.
"""

from collections.abc import Callable

from notifications.models import Delivery

type Judge = Callable[[Delivery], str]
_judges: list[Judge] = []


def judged(judge: Judge) -> Judge:
    """Registers `judge`, which says why the recipient is not to have it any more, else nothing."""
    if judge not in _judges:
        _judges.append(judge)
    return judge


def gone(delivery: Delivery) -> str:
    """`no longer in the team`, or empty."""
    return next((why for judge in _judges if (why := judge(delivery))), "")
