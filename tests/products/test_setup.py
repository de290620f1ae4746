"""Guided set-up: filled in by the process, each step can wait, nothing typed is lost, and it asks no more once done."""

import pytest
from django.test import Client

from accounts.models import Team, User
from monitoring.models import Monitor
from notifications.models import Channel
from products.models import Contact, Environment, Product, RoleHolder
from tests.factories import join, make_product, make_user
from tests.products.conftest import signed_in
from tests.products.setting_up import MONITORS, PEOPLE, PLACES, WEBHOOK, sent


@pytest.fixture
def client(product: Product, manager: User) -> Client:
    return signed_in(manager)


def test_a_process_fills_in_the_form_of_a_new_product(manager: User, shipped: None) -> None:
    """C8, K16: one tap gives the product its other names."""
    client = signed_in(manager)
    picks = client.get("/products/new/").text
    assert ("Step 1 of 5." in picks, "4 short steps follow, and each can wait: parts and places," in picks) == (
        True, True,
    )  # fmt: skip
    assert 'href="/products/new/?process=krow&amp;product=Staff+Mobile"' in picks
    page = client.get("/products/new/?process=krow&product=Worker Mobile").text
    assert 'value="Staff Mobile"' in page
    assert "Worker Mobile\nkrow-withus-worker-mobile" in page
    assert 'value="v1.0.0"' in client.get("/products/new/?process=archy").text
    assert client.get("/products/new/?process=nothing&product=%00").status_code == 200


def test_a_product_that_is_there_is_offered_no_more(client: Client) -> None:
    page = client.get("/products/new/").text
    assert "product=Staff+Mobile" not in page
    assert "product=Client+Mobile" in page


def test_krows_places_and_parts_are_filled_in(client: Client, product: Product) -> None:
    """A44, K17: three environments; of the parts the one this product is (C8)."""
    facts = sent(client, PLACES)
    assert facts["parts"] == ["mobile"]
    assert [facts[f"{n}-name"] for n in range(4)] == ["Production", "Development", "Staging", ""]
    answer = client.post(PLACES, facts)
    assert answer["Location"] == PEOPLE
    assert list(product.components.values_list("slug", "name")) == [("mobile", "Mobile apps")]
    assert set(product.environments.values_list("name", "kind")) == {
        ("Production", "production"), ("Development", "dev"), ("Staging", "staging"),
    }  # fmt: skip


def test_archys_places_come_with_hosts_and_what_the_source_leaves_open(team: Team, manager: User) -> None:
    """A43, A44."""
    product = make_product(team, "archy", name="Archipelago")
    client = signed_in(manager)
    address = "/products/archipelago/setup/places/"
    assert "Say which host you mean." in client.get(address).text
    client.post(address, sent(client, address))
    assert [(p.name, p.kind, p.hosts) for p in product.environments.all()] == [
        ("Live server", "production", []),
        ("Dev server", "dev", ["192.168.1.228"]),
        ("Users' nodes", "production", []),
    ]
    assert [c.slug for c in product.components.all()] == ["ui", "backend", "iso", "manifest"]


def test_what_was_left_out_is_not_proposed_again(client: Client, product: Product) -> None:
    facts = {**sent(client, PLACES), "parts": [], "1-name": "", "2-name": "Beta", "more": "Push gateway\n"}
    client.post(PLACES, facts)
    again = sent(client, PLACES)
    assert [again[f"{n}-name"] for n in range(3)] == ["Production", "Beta", ""]
    assert (again["parts"], again["more"]) == (["push-gateway"], "Push gateway")


def test_an_environment_is_renamed_changed_and_removed(client: Client, product: Product) -> None:
    client.post(PLACES, sent(client, PLACES))
    facts = {
        **sent(client, PLACES),
        "0-name": "Stores",
        "0-hosts": "a.example.org,  b.example.org,",
        "2-name": "",
    }
    client.post(PLACES, facts)
    assert [(p.slug, p.name, p.hosts) for p in product.environments.all()] == [
        ("production", "Stores", ["a.example.org", "b.example.org"]), ("development", "Development", []),
    ]  # fmt: skip


def test_a_wrong_place_keeps_everything_typed(client: Client, product: Product) -> None:
    facts = {**sent(client, PLACES), "1-name": "Production", "more": "Push gateway", "2-hosts": "x\u202ey"}
    page = client.post(PLACES, facts)
    assert page.status_code == 422
    assert 'value="Staging"' in page.text
    assert "Push gateway" in page.text
    assert (product.environments.count(), product.components.count()) == (1, 0)
    twice = client.post(PLACES, {**facts, "2-hosts": ""})
    assert twice.status_code == 422
    assert "This product has an environment of this name." in twice.text
    assert (product.environments.count(), product.components.count()) == (1, 0)


def test_the_last_environment_stays(client: Client, product: Product) -> None:
    page = client.post(PLACES, {**sent(client, PLACES), **{f"{n}-name": "" for n in range(3)}})
    assert "A product runs somewhere: keep at least one." in page.text
    assert Environment.objects.filter(product=product).count() == 1


def test_the_roles_of_the_process_are_asked_for(
    client: Client, product: Product, manager: User, team: Team
) -> None:
    """K132-K135 who is told, K137 the call, K138 who decides with a deputy."""
    deputy = make_user("dora@example.test")
    join(deputy, team)
    page = client.get(PEOPLE).text
    settled = "What cannot wait is settled on a call."
    for words in ("Release Engineer", "DevOps", "Product Owner", "Affected Team", settled):
        assert words in page
    facts = {
        **sent(client, PEOPLE), "who_0": "team", "address_1": "ops@example.test", "who_2": str(manager.pk),
        "deputy_2": str(deputy.pk), "call": "https://meet.example.org/emergency",
    }  # fmt: skip
    assert client.post(PEOPLE, facts)["Location"] == MONITORS
    told = [(c.role, c.label, c.user, c.address, c.whole_team) for c in product.contacts.all()]
    assert told == [
        ("release_engineer", "Release Engineer", None, "", True),
        ("devops", "DevOps", None, "ops@example.test", False),
        ("product_owner", "Product Owner", manager, "", False),
    ]
    assert [h.user for h in RoleHolder.objects.filter(product=product, role="product_owner")] == [
        manager,
        deputy,
    ]
    product.refresh_from_db()
    assert product.call == "https://meet.example.org/emergency"


def test_who_is_alone_is_filled_in_everywhere(client: Client, product: Product, manager: User) -> None:
    client.post(PEOPLE, sent(client, PEOPLE))
    assert {contact.user for contact in product.contacts.all()} == {manager}
    assert [holder.user for holder in RoleHolder.objects.all()] == [manager]


def test_saving_again_changes_nothing_and_another_choice_replaces(
    client: Client, product: Product, manager: User, team: Team
) -> None:
    nobody = {f"who_{number}": "" for number in (1, 3)}
    client.post(PEOPLE, {**sent(client, PEOPLE), **nobody, "who_0": "team", "who_2": str(manager.pk)})
    before = list(Contact.objects.values_list("pk", flat=True))
    client.post(PEOPLE, sent(client, PEOPLE))
    assert list(Contact.objects.values_list("pk", flat=True)) == before
    dora = make_user("dora@example.test")
    join(dora, team)
    client.post(PEOPLE, {**sent(client, PEOPLE), "who_2": str(dora.pk)})
    assert [h.user for h in RoleHolder.objects.all()] == [dora]
    assert [str(c) for c in product.contacts.all()] == [
        "Release Engineer: everybody in the team who responds", "Product Owner: Dora",
    ]  # fmt: skip


BAD_PEOPLE: list[tuple[dict[str, str], str]] = [
    ({"who_0": "999999"}, "Choose somebody of this product&#x27;s team."),
    ({"who_0": "team", "address_0": "a@example.test"}, "Choose one: the person above, or this address."),
    ({"address_0": "nobody"}, "Write a mail address, such as ada@example.org."),
    ({"call": "javascript:alert(1)"}, "Write a whole address, such as https://example.org/page."),
    ({"room_url": "nonsense"}, "room_url_error"),
    ({"room_url": WEBHOOK, "room_name": "a\x07"}, "control character"),
    ({"send_test": "1", "room_url": ""}, "there is nothing yet to send a test to"),
]


def test_bad_people_are_told_and_nobody_is_stored(client: Client) -> None:
    form = sent(client, PEOPLE)
    for facts, told in BAD_PEOPLE:
        page = client.post(PEOPLE, {**form, "who_1": "team", **facts})
        assert (page.status_code, told in page.text, 'value="team" selected' in page.text) == (
            422,
            True,
            True,
        ), facts
    assert (Contact.objects.count(), Channel.objects.count()) == (0, 0)


def test_the_room_of_the_process_becomes_a_channel_of_the_product(client: Client, product: Product) -> None:
    """K136."""
    facts = sent(client, PEOPLE)
    assert facts["room_name"] == "#emergency-releases"
    client.post(PEOPLE, {**facts, "room_url": WEBHOOK})
    channel = Channel.objects.get()
    assert (channel.name, channel.kind, list(channel.products.all())) == (
        "#emergency-releases",
        "slack",
        [product],
    )
    assert WEBHOOK not in client.get(PEOPLE).text
    assert "#emergency-releases" in client.get(PEOPLE).text


def test_a_test_is_sent_at_once_and_its_outcome_said(client: Client, product: Product) -> None:
    """K136: an address that is refused or dead is found out now. The page stays, with everything saved."""
    facts = {**sent(client, PEOPLE), "who_0": "team", "room_url": "http://127.0.0.1:9/hook", "send_test": "1"}
    page = client.post(PEOPLE, facts, follow=True)
    assert page.redirect_chain == [(PEOPLE, 302)]
    assert "The test to #emergency-releases failed" in page.text
    assert (Channel.objects.count(), Contact.objects.count()) == (1, 4)


def test_an_address_is_watched_and_an_empty_one_is_not(client: Client, product: Product) -> None:
    facts = sent(client, MONITORS)
    assert client.post(MONITORS, {**facts, "target_0": "https://staff.example.test/health"})["Location"] == (
        "/products/staff-mobile/setup/repository/"
    )
    assert [(m.kind, m.target, m.product) for m in Monitor.objects.all()] == [
        ("http", "https://staff.example.test/health", product)
    ]
    bad = client.post(MONITORS, {**facts, "target_0": "ftp://x", "target_1": "https://two.example.test/"})
    assert (bad.status_code, Monitor.objects.count()) == (422, 1)
    assert 'value="https://two.example.test/"' in bad.text


def test_archys_monitors_are_proposed_and_a_script_may_send_them(team: Team, manager: User) -> None:
    """A33-A35, A41, C18."""
    make_product(team, "archy", name="Archipelago")
    client, address = signed_in(manager), "/products/archipelago/setup/monitors/"
    page = client.get(address).text
    for words in ("Uptime monitor", "Soak test", "Health endpoint", "Backup of the backend binary"):
        assert words in page
    assert "The process writes: http://192.168.1.228/health" in page
    client.post(address, {**sent(client, address), "pushed_0": "on"})
    monitor = Monitor.objects.get()
    assert (monitor.name, monitor.kind, monitor.target, monitor.interval_s) == (
        "Uptime monitor",
        "summary",
        "",
        300,
    )
    both = client.post(address, {**sent(client, address), "pushed_1": "on", "target_1": "/tmp/x.log"})
    assert "Choose one: this address, or a script that sends it." in both.text
    client.post(address, {**sent(client, address), "pushed_1": "on"})
    soak = Monitor.objects.get(name="Soak test")
    # A log that no longer grows is no soak test that goes on.
    assert (soak.kind, soak.expect) == ("soak", {"max_age_s": 3600})
