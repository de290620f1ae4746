"""After a restore: what was under way when the backup was made is under way no longer, and may have happened since."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from foundation import moment, secrets
from foundation.models import RefCounter
from hotfixes.decision import revisiting
from hotfixes.watch import judging as watches
from incidents.lifecycle import sweep
from incidents.messages import obligations, rhythm
from monitoring.models import Monitor, Receiver
from notifications.models import Channel, Delivery, State
from products.models import Repository

# Numbers given out after the backup stand in mails, links and exports: nothing new may get them.
REFS_SKIPPED = 100
IDS_SKIPPED = 10_000
ANNOUNCEMENTS_SKIPPED = 10_000_000
ALL = 1_000_000
# What time alone makes the ticker tell people, in its order (config/schedule.py).
DUE: tuple[Callable[[int], int], ...] = (
    sweep.breach_due, sweep.warn_due, sweep.escalate_due, obligations.remind_due, rhythm.remind_due, sweep.ask_due,
    revisiting.tell_due, watches.judge_due,
)  # fmt: skip
ROUNDS = 10  # one thing may make another due

_ADVANCE = """
SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass,
              least(max_value, coalesce(last_value, 0) + CASE WHEN sequencename LIKE 'live\\_announcement\\_%%'
                                                              THEN %s ELSE %s END))
FROM pg_sequences WHERE schemaname = 'public' AND sequencename NOT LIKE 'django\\_%%'"""


@dataclass(frozen=True)
class Settled:
    """`held` deliveries; names of channels and of monitors, addresses of repositories whose secret no key opens."""

    held: int
    channels: list[str]
    monitors: list[str]
    repositories: list[str]


def settle(made_at: str, *, hold: bool) -> Settled:
    """In the restore's transaction. Without `hold` only what the server itself numbers is set right."""
    held = 0
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [ANNOUNCEMENTS_SKIPPED, IDS_SKIPPED if hold else 1])
    if hold:
        RefCounter.objects.update(last=F("last") + REFS_SKIPPED)
        held = _hold(
            _("It waited when the backup of %(when)s was made. It may have been sent since."), made_at
        )
        # What ran out meanwhile was told by the machine that was, if it lived so long.
        for tell_due in DUE:
            for _round in range(ROUNDS):
                if not tell_due(ALL):
                    break
        held += _hold(_("It fell due after the backup of %(when)s. It may have been sent since."), made_at)
        # Whose prober died with the old machine is looked at at once.
        Monitor.objects.exclude(lease_token=None).update(lease_token=None, due_at=moment.now())
    return Settled(held, *lost())


def _hold(reason: str, made_at: str) -> int:
    said = reason % {"when": f"{datetime.fromisoformat(made_at):%Y-%m-%d %H:%M} UTC"}
    return Delivery.objects.waiting().update(
        state=State.HELD, reason=said, lease_token=None, lease_until=None
    )


def lost() -> tuple[list[str], list[str], list[str]]:
    """Names of channels and of monitors, addresses of repositories whose secret must be entered, or made, again."""
    channels = Channel.objects.active().values_list("name", "sealed")
    receivers = Receiver.objects.filter(monitor__archived_at=None).values_list("monitor__name", "sealed")
    repositories = Repository.objects.values_list("url", "token", "hook_key", "secret").order_by("pk")
    return (
        [name for name, sealed in channels if not secrets.opens(sealed)],
        [name for name, sealed in receivers if not secrets.opens(sealed)],
        [url for url, *kept in repositories if not all(secrets.opens(one) for one in kept if one)],
    )
