"""Who leaves while a message waits for them, over a night or while the mail server is down, is not sent it."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from notifications import send, ways
from notifications.models import Delivery
from products import contacts
from products.models import Product
from tests.notifications.conftest import opened
from tests.notifications.mailbox import Mailbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("managed")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [("deactivated", "may not sign in any more"), ("left", "no longer in the team")],
)
def test_who_left_is_not_sent_what_waited(
    product: Product, ada: User, ben: User, post: Mailbox, change: str, reason: str
) -> None:
    opened(product)
    if change == "left":
        ada.memberships.all().delete()
    else:
        User.objects.filter(pk=ada.pk).update(is_active=False)
    send.drain()
    waited = Delivery.objects.get(route="email", user=ada)
    assert (waited.state, waited.reason, waited.attempts) == ("cancelled", reason, 0)
    assert [mail["To"] for mail in post.kept] == ["ben@example.test"]


def test_who_left_is_not_sent_it_again_either(product: Product, ada: User, mia: User, post: Mailbox) -> None:
    opened(product)
    mails = Delivery.objects.filter(route="email", user=ada)
    mails.update(state="dead")
    User.objects.filter(pk=ada.pk).update(is_active=False)
    with pytest.raises(ValidationError, match=r"Ada \(Release Engineer\): may not sign in any more\."):
        ways.retry(mails.get(), by=mia)
    assert mails.get().state == "dead"


def test_a_mailbox_that_is_no_contact_any_more_is_not_sent_what_waited(
    product: Product, mia: User, post: Mailbox
) -> None:
    duty = contacts.add_contact(product, label="DevOps", address="duty@example.test", by=mia)
    opened(product)
    contacts.remove_contact(duty, by=mia)
    send.drain()
    waited = Delivery.objects.get(address="duty@example.test")
    assert (waited.state, waited.reason) == ("cancelled", "no contact of the product any more")
    assert post.kept == []


def test_whose_address_changed_meanwhile_is_sent_it_there(product: Product, ada: User, post: Mailbox) -> None:
    opened(product)
    User.objects.filter(pk=ada.pk).update(email="ada@new.example.test")
    send.drain()
    assert [mail["To"] for mail in post.kept] == ["ada@new.example.test"]
