"""`POST /in/slack/{key}`: for Slack alone. What is not signed as Slack signs is 401, whatever else it is."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.limits import TooOften, count, count_refused
from foundation import moment
from foundation.door import Door
from foundation.problems import problem
from notifications.slack import receiving
from notifications.slack.incoming import Challenge, Malformed, Press, read
from notifications.slack.signature import signed
from notifications.slack.threads import app_of

MOST_BODY = 256 * 1024
# Of one app in a minute; Slack comes again.
MOST_A_MINUTE = 240


def _again() -> HttpResponse:
    return problem(503, _("Nightdesk is busy. Send it again."), headers={"Retry-After": "5"})


_door = Door(_again, wait_s=1.0)


@login_not_required
@csrf_exempt
@require_POST
def slack(request: HttpRequest, key: str) -> HttpResponse:
    """200 for what was taken or concerns us not; 401 for an unknown key or no signature; 400 for signed nonsense."""
    body = request.read(MOST_BODY + 1)
    return _door.let_in(lambda: _answer(request, key, body))


def _answer(request: HttpRequest, key: str, body: bytes) -> HttpResponse:
    channel = receiving.channel_of(key)
    # A key that opens nothing is compared as well: it takes as long, and the answer is the same.
    secret = app_of(channel).get("secret", "") if channel else ""
    right = signed(secret or "nothing", request.headers, body, moment.now())
    if channel is None or not secret or not right or len(body) > MOST_BODY:
        return _refused(request)
    try:
        said = read(request.content_type or "", body)
    except Malformed:
        return problem(400, _("This is signed, and not what Slack sends."))
    if isinstance(said, Challenge):
        return HttpResponse(said.text, content_type="text/plain")
    if said is None:
        return HttpResponse()
    try:
        count(f"slack:{channel.pk}", MOST_A_MINUTE)
    except TooOften as often:
        return _later(often)
    if isinstance(said, Press):
        receiving.press(channel, said)
    else:
        receiving.reply(channel, said)
    return HttpResponse()


def _refused(request: HttpRequest) -> HttpResponse:
    try:
        count_refused(request)
    except TooOften as often:
        return _later(often)
    return problem(401, _("This is not signed by the Slack app that belongs here."))


def _later(often: TooOften) -> HttpResponse:
    return problem(429, _("Too many in a minute."), headers={"Retry-After": str(often.wait_s)})
