"""Many messages through a mail server in every mood: all arrive, and none twice but after a line cut behind DATA.

Here 150; `./run bench messages` sends 1,000 from a whole Nightdesk.
"""

import time
from collections import Counter

import pytest
from pytest_django import Settings

from network import mail
from notifications import send
from notifications.lanes import Lanes
from notifications.models import Attempt, Delivery
from products.models import Product
from tests.notifications.conftest import use
from tests.notifications.mailbox import mailbox
from tests.notifications.test_send import mail_to

MESSAGES = 150
MOODS = {
    3: "4xx", 5: "5xx", 7: "close", 11: "stall", 13: "450 4.7.1 later", 16: "close", 19: "550 5.7.1 not now", 20: "4xx",
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_150_mails_through_a_bad_server_all_arrive(
    product: Product, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "FIRST_REST_S", 0.05)
    monkeypatch.setattr(send, "lanes", Lanes())
    monkeypatch.setattr(mail, "AFTER_DATA_S", 1.0)
    with mailbox(lambda n: MOODS.get(n % 40, "ok")) as box:
        use(settings, box)
        for n in range(MESSAGES):
            mail_to(product, f"INC-{n + 1}/1")
        until = time.monotonic() + 90
        while Delivery.objects.waiting().exists() and time.monotonic() < until:
            send.start_due()
            time.sleep(0.05)
        assert send.wait(60)
    assert Delivery.objects.filter(state="sent").count() == MESSAGES
    assert len(set(box.ids)) == MESSAGES
    cut = Attempt.objects.filter(outcome="retry", detail="The mail server hung up.").count()
    repeats = Counter(box.ids)
    # Each repeat has the Message-ID of the one that was cut, and nothing else was repeated.
    assert (sum(repeats.values()) - MESSAGES, cut > 0) == (cut, True)
    assert Attempt.objects.filter(outcome="refused").exists()
