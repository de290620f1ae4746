"""Many messages through a mail server in every mood: all arrive, and none twice but after a line cut behind DATA. Pages
for people and letters for users alike: what users read is never told twice as two.

Here 150; `./run bench messages` sends 1,000 from a whole Nightdesk.
"""

import time
from collections import Counter

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts.models import User
from incidents.lifecycle.declare import declare
from incidents.messages import letters
from incidents.messages.letters import Letter
from incidents.models import Incident
from network import mail
from notifications import patience, send
from notifications.lanes import Lanes
from notifications.models import Attempt, Audience, Channel, Delivery, Kind
from notifications.ways import add_channel
from products.models import Product
from tests.notifications.conftest import use
from tests.notifications.mailbox import mailbox
from tests.notifications.test_send import mail_to

MESSAGES, LETTERS = 150, 25
MOODS = {
    3: "4xx", 5: "5xx", 7: "close", 11: "stall", 13: "450 4.7.1 later", 16: "close", 19: "550 5.7.1 not now", 20: "4xx",
}  # fmt: skip


def post_letters(product: Product, by: User) -> None:
    """What the process owes to users, to their list and to the team's: two mails each."""
    incident = declare(product, by=by, title="Sign-in fails", severity=product.severities().first())
    to: list[tuple[str, Audience]] = [
        ("status@example.org", Audience.USERS), ("team@example.test", Audience.INTERNAL),
    ]  # fmt: skip
    channels = [
        add_channel(kind=Kind.EMAIL, name=address, config={"address": address}, by=by, team=product.team,
                    audience=audience)
        for address, audience in to
    ]  # fmt: skip
    with transaction.atomic():
        _post(incident, channels)


def _post(incident: Incident, channels: list[Channel]) -> None:
    for n in range(LETTERS):
        letter = Letter("Follow-up", f"Deployed, edition {n}.", for_users=True)
        about = f"INC-{MESSAGES + n}/follow_up/1"
        assert letters.post(incident, letter, channels, about=about, key="message") == 2


@pytest.mark.django_db(transaction=True)
def test_150_mails_through_a_bad_server_all_arrive(
    product: Product, mia: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST_REST_S", 0.05)
    monkeypatch.setattr(patience, "FIRST_DOUBT_S", 0.05)
    monkeypatch.setattr(send, "lanes", Lanes())
    monkeypatch.setattr(mail, "AFTER_DATA_S", 1.0)
    with mailbox(lambda n: MOODS.get(n % 40, "ok")) as box:
        use(settings, box)
        post_letters(product, mia)
        for n in range(MESSAGES - 2 * LETTERS):
            mail_to(product, f"INC-{n + 1001}/1")
        until = time.monotonic() + 90
        while Delivery.objects.waiting().exists() and time.monotonic() < until:
            send.start_due()
            time.sleep(0.05)
        assert send.wait(60)
    assert Delivery.objects.filter(state="sent", lane="email").count() == MESSAGES
    assert len(set(box.ids)) == MESSAGES
    cut = Attempt.objects.filter(outcome="retry", detail="The mail server hung up.").count()
    repeats = Counter(box.ids)
    # Each repeat has the Message-ID of the one that was cut, and nothing else was repeated.
    assert (sum(repeats.values()) - MESSAGES, cut > 0) == (cut, True)
    assert Attempt.objects.filter(outcome="refused").exists()
    users = [mail for mail in box.kept if mail["To"] == "status@example.org"]
    assert len({mail["Message-ID"] for mail in users}) == LETTERS
    by_id = {mail["Message-ID"]: mail.get_content().strip() for mail in users}
    # A repeat under the same id is the same letter, word for word; no ref and no link of ours is in it.
    assert all(mail.get_content().strip() == by_id[mail["Message-ID"]] for mail in users)
    assert sorted(by_id.values()) == sorted(f"Deployed, edition {n}." for n in range(LETTERS))
