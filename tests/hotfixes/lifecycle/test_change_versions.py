"""Somebody corrects what is in production while a hotfix is under way: it follows with one tap, until it is tagged."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from hotfixes.lifecycle.changing import change_versions
from hotfixes.lifecycle.ending import Ended, abandon
from hotfixes.models import Hotfix
from hotfixes.naming import named
from incidents.models import Incident
from incidents.sentences.sentences import sentence
from incidents.work.report import report
from products.models import Product
from tests.factories import join, make_user
from tests.hotfixes.starting import begun
from tests.products.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotfix(product: Product, ada: User) -> Hotfix:
    return begun(product, ada)


def text(client: Client, hotfix: Hotfix) -> str:
    page = client.get(f"/hotfixes/{hotfix.ref}/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_its_page_says_that_they_differ_and_one_tap_follows(
    hotfix: Hotfix, product: Product, ada: User
) -> None:
    page = signed_in(ada)
    assert "is what to mend by now" not in text(page, hotfix)
    Product.objects.filter(pk=product.pk).update(version="1.2.0")
    assert (
        "It mends 0.1.0 and brings 0.1.1, but 1.2.0 is what to mend by now. Mend 1.2.0, bring 1.2.1"
        in text(page, hotfix)
    )
    answer = page.post(f"/hotfixes/{hotfix.ref}/versions", {"old": "1.2.0", "version": "1.2.1"})
    assert (answer.status_code, answer["Location"]) == (302, f"/hotfixes/{hotfix.ref}/")
    hotfix = Hotfix.objects.for_page().get(pk=hotfix.pk)
    assert (hotfix.old_version, hotfix.new_version) == ("1.2.0", "1.2.1")
    assert named.tag(hotfix).endswith("v1.2.1")
    assert "is what to mend by now" not in text(page, hotfix)
    event = hotfix.incident.events.get(kind="check_changed")
    assert (
        re.sub("<[^>]+>", "", sentence(event))
        == f"{hotfix.ref} mends 1.2.0 and brings 1.2.1, not 0.1.0 → 0.1.1, says Ada"
    )


def test_a_branch_that_is_there_keeps_its_name(hotfix: Hotfix, ada: User) -> None:
    before = named.branch(hotfix)
    report(hotfix.incident, "branch_seen", by=ada)
    made = change_versions(hotfix, old="1.2.0", by=ada)
    assert (made.new_version, named.branch(made)) == ("1.2.1", before)


def test_what_is_tagged_or_over_stays(hotfix: Hotfix, ada: User) -> None:
    report(hotfix.incident, "tagged", by=ada)
    with pytest.raises(ValidationError) as refused:
        change_versions(hotfix, old="1.2.0", by=ada)
    assert refused.value.messages == ["0.1.1 is tagged or deployed already: give it up and begin another."]
    abandon(hotfix, by=ada, reason="We begin anew")
    with pytest.raises(Ended):
        change_versions(hotfix, old="1.2.0", by=ada)


def test_said_twice_is_said_once(hotfix: Hotfix, ada: User) -> None:
    change_versions(hotfix, old="1.2.0", by=ada)
    change_versions(hotfix, old="v1.2.0", by=ada)
    assert hotfix.incident.events.filter(kind="check_changed").count() == 1


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"old": "banana"}, "“banana” is no version"),
        ({"old": "1.2.3.4"}, "1.2.3.4 cannot be counted up"),
        ({"old": "1.2.0", "version": "1.1.0"}, "1.1.0 is older than 1.2.0"),
        ({"old": "1.2.3 beta/rc"}, "Branches and tags cannot be called by “1.2.3 beta/rc”"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    hotfix: Hotfix, ada: User, sent: dict[str, str], wrong: str
) -> None:
    answer = signed_in(ada).post(f"/hotfixes/{hotfix.ref}/versions", sent)
    assert answer.status_code == 422
    assert wrong in answer.text
    assert f'value="{sent["old"]}"' in answer.text


def test_one_without_a_version_is_asked_for_it(product: Product, ada: User) -> None:
    hotfix = begun(product, ada)
    Hotfix.objects.filter(pk=hotfix.pk).update(old_version="1.2.3.4", new_version="")
    Product.objects.filter(pk=product.pk).update(version="1.2.3.4")
    shown = text(signed_in(ada), hotfix)
    assert (
        "Nobody has said which version it brings: branch and tag have no names yet. Say which version it brings"
        in shown
    )


def test_a_viewer_sees_it_and_changes_nothing(hotfix: Hotfix, product: Product) -> None:
    vic = make_user("vic@example.test")
    join(vic, product.team, "viewer")
    Product.objects.filter(pk=product.pk).update(version="1.2.0")
    assert "Mend 1.2.0" not in text(signed_in(vic), hotfix)
    answer = signed_in(vic).post(f"/hotfixes/{hotfix.ref}/versions", {"old": "1.2.0"})
    assert (answer.status_code, Incident.objects.get().events.filter(kind="check_changed").count()) == (
        403,
        0,
    )
