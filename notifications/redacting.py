"""Words that must not stay: out of what was told and out of what waits, the channel's own copies aside."""

from django.db.models import Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from notifications.models import Delivery, State
from notifications.queue import WHOLE


def hold_back(about: str, words: str, *, reason: str) -> None:
    """Somebody asks whether `words` may stay: what waits about exactly this leaves without them, and what is nothing
    else does not leave."""
    waiting = Delivery.objects.filter(about=about, body__contains=words).unsent()
    waiting.filter(key__in=WHOLE).update(state=State.CANCELLED, reason=reason[:500])
    waiting.exclude(key__in=WHOLE).update(body=_without(words))


def forget(about: str, words: str) -> None:
    """`words` must not stay (a redaction): they go from every message about exactly this, told or waiting."""
    Delivery.objects.filter(about=about, body__contains=words).update(body=_without(words))


def _without(words: str) -> Replace:
    return Replace("body", Value(words), Value(str(_("[redacted]"))))
