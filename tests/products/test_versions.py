"""Which words are versions: what names of branches and tags can hold; everything else is refused beside its field."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Team, User
from products.edit_product import edit_product
from products.models import Product
from products.versions import check_version
from tests.factories import make_product
from tests.products.conftest import signed_in

GOOD = [
    "0.1.0",
    "v1.0.0",
    "0.1.0+5",
    "1.4",
    "1.2.3.4",
    "2026.11.2",
    "1.4.0-rc.1",
    "r42",
    "118",
    " 1.2.3 ",
    "V2",
]
BAD = [
    "banana", "1.2.3 beta/rc", "1.2 3", "1..2", "1.2.", "-1.2", "1.2~3", "1:2", "🚀 1.2", "１.２.３", "1.2.3.lock",
    "٣.١",
    "v",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_it_is_kept_as_it_was_written(text: str) -> None:
    assert check_version(text, "version") == text.strip()


@pytest.mark.parametrize("text", BAD)
@pytest.mark.django_db
def test_it_is_told_beside_its_field_and_stays_in_it(team: Team, manager: User, text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check_version(text, "version")
    assert list(refused.value.message_dict) == ["version"]
    product = make_product(team, name="Kitchen", version="1.0.0")
    sent = {"name": "Kitchen", "process": product.process.key, "version": text}
    for path in ("/products/kitchen/edit/", "/products/new/"):
        answer = signed_in(manager).post(path, sent)
        assert answer.status_code == 422
        assert f'value="{text}"' in answer.text
        assert (
            "no version: it has no number" in answer.text
            or "Branches and tags cannot be called by" in answer.text
        )
    assert Product.objects.get().version == "1.0.0"


@pytest.mark.django_db
def test_a_scheme_that_cannot_be_counted_up_is_kept_with_a_word(team: Team, manager: User) -> None:
    product = make_product(team, name="Kitchen", version="1.0.0")
    sent = {"name": "Kitchen", "process": product.process.key, "version": "1.2.3.4"}
    answer = signed_in(manager).post("/products/kitchen/edit/", sent, follow=True)
    assert (
        "1.2.3.4 is kept. It cannot be counted up: whoever starts a hotfix is asked for its version."
        in answer.text
    )


@pytest.mark.django_db
def test_what_stood_there_before_keeps_nobody_from_changing_the_rest(team: Team, manager: User) -> None:
    product = make_product(team, name="Kitchen")
    Product.objects.filter(pk=product.pk).update(version="banana")
    product.refresh_from_db()
    edit_product(product, by=manager, name="Cantina", process=product.process, version="banana")
    assert Product.objects.get().name == "Cantina"
