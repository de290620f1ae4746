"""A thousand mails from a whole Nightdesk through a mail server in every mood, and a phone that must not wait for it.

The server is a real one (aiosmtpd): of each 50 messages two are put off (4xx), two refused (5xx), two taken with the
line cut before the sender hears of it, one stalls. Beside it a room hangs for 10 s at each message.
"""

import time
from collections import Counter

from benchmarks import Figure, Say, Unable
from benchmarks.house import House, house
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import Receiver, hanging, receiver

MESSAGES, RINGS, APART_S, PATIENCE_S = 1000, 20, 1.5, 600
MOODS = {
    5: "4xx",
    11: "close",
    17: "5xx",
    23: "stall",
    29: "450 4.7.1 later",
    35: "550 5.7.1 not now",
    41: "close",
}


def measure(say: Say) -> list[Figure]:
    cut: list[int] = []

    def mood(n: int) -> str:
        found = MOODS.get(n % 50, "ok")
        if found == "close":
            cut.append(n)
        return found

    with mailbox(mood) as box, receiver(hanging, "127.0.0.1") as dead, receiver(host="127.0.0.1") as phone:
        with house(MAIL_URL=f"smtp://127.0.0.1:{box.port}", NIGHTDESK_WEBHOOK_NETWORKS="127.0.0.0/8") as site:
            say(f"{MESSAGES} messages …")
            stuck = site.inside.do("room", url=f"{dead.url}/hook")
            awake = site.inside.do("room", url=f"{phone.url}/hook")
            began = time.monotonic()
            site.inside.do("mails", count=MESSAGES)
            site.inside.do("hang", channel=stuck, count=50)
            late = _rings(site, awake, phone)
            took = _all_sent(site, box, began, say)
        ids = Counter(box.ids)
    repeats = sum(ids.values()) - len(ids)
    return [
        Figure("messages: arrived of 1,000", "mails", (float(len(ids)),), floor=MESSAGES, every=True),
        Figure(
            "messages: repeats that no cut line explains",
            "mails",
            (float(repeats - len(cut)),),
            limit=0,
            every=True,
            note=f"{len(cut)} lines were cut behind DATA; {repeats} mails came twice, with the same Message-ID",
        ),
        Figure("messages: until the last one had arrived", "s", (took,)),
        Figure("messages: another channel meanwhile, commit to arrival", "s", late, limit=1, every=True),
    ]


def _rings(site: House, channel: int, phone: Receiver) -> tuple[float, ...]:
    """Seconds from right before COMMIT to the phone's server, one message after the other."""
    late = []
    for number in range(RINGS):
        said = site.inside.do("ring", channel=channel, number=number)
        until = time.monotonic() + 30
        while len(phone.got) <= number:
            if time.monotonic() > until:
                raise Unable(f"ring {number} did not arrive within 30 s")
            time.sleep(0.005)
        late.append(phone.got[number].wall - said)
        time.sleep(APART_S)
    return tuple(late)


def _all_sent(site: House, box: Mailbox, began: float, say: Say) -> float:
    said = 0.0
    while (waiting := site.inside.do("unsent_mails")) > 0:
        took = time.monotonic() - began
        if took > PATIENCE_S:
            raise Unable(f"{waiting} mails still wait after {PATIENCE_S} s")
        if took - said > 20:
            said = took
            say(f"{waiting} wait, {len(box.kept)} arrived")
        time.sleep(0.5)
    return time.monotonic() - began
