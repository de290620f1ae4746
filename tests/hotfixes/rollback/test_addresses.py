"""Where the version before can be had is asked in a product's set-up, and seen by itself from then on (A38, A39)."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Role, User
from foundation import moment
from hotfixes.models import Download, ReleaseAddress
from hotfixes.preview import asking
from hotfixes.rollback import addresses
from hotfixes.rollback.ways import ways
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.hotfixes.rollback.test_ways import deployed

pytestmark = pytest.mark.django_db
PAGE = "/products/archy/setup/monitors/"
OTA, ISO = "address_ota_previous", "address_reflash_previous"


@pytest.fixture
def archy() -> Product:
    return make_product(name="Archy", slug="archy", process="archy")


@pytest.fixture
def rosa(archy: Product, client: Client) -> User:
    join(rosa := make_user("rosa@example.test"), archy.team, Role.MANAGER)
    client.force_login(rosa)
    return rosa


def down(archy: Product, rosa: User) -> Incident:
    deployed(archy, "1.0.0", 200)
    deployed(archy, "1.0.1", 1)
    product = Product.objects.get(pk=archy.pk)
    made = declare(product, by=rosa, title="Nodes hang", severity=product.severities().get(key="P0"))
    return Incident.objects.for_page().get(pk=made.pk)


def of(incident: Incident, option: str) -> tuple[str, str]:
    """The download's verdict and sentence."""
    found = next(one for one in ways(incident, moment.now()) if one["key"] == option)
    line = next(one for one in found["preconditions"] if one["shown_by"] == "download")
    return line["verdict"], line["summary"]


def test_without_an_address_the_card_says_what_to_set_and_where(
    archy: Product, rosa: User, client: Client
) -> None:
    incident = down(archy, rosa)
    verdict, said = of(incident, "ota_previous")
    assert verdict == "UNKNOWN"
    assert said.startswith("Nobody has said where it can be downloaded. Enter its address, such as https://")
    assert said.endswith("in the product's set-up under “What is watched”.")
    card = client.get(f"/decisions/{incident.ref}/").content.decode()
    assert f'under “What is watched”. <a href="{PAGE}">Enter it</a>' in card
    assert card.replace(f'href="{PAGE}"', "").count(PAGE) == 0, "an address is followed, not read"


def test_set_up_asks_for_it_and_the_version_before_is_looked_for(
    archy: Product, rosa: User, client: Client
) -> None:
    """A38, A39: there, gone, and not asked any more."""
    page = client.get(PAGE).content.decode()
    assert "Where the version before can be had" in page
    assert "Roll back to the version before over the air" in page
    assert "Put the backup of the backend binary back" not in page, "it is no download"
    client.post(PAGE, {OTA: "https://releases.example.org/{version}/manifest.json", ISO: ""})
    assert ReleaseAddress.objects.get().address == "https://releases.example.org/{target}/manifest.json"
    assert "https://releases.example.org/{target}/manifest.json" in client.get(PAGE).content.decode()
    incident = down(archy, rosa)
    asking.ask(incident)
    assert Download.objects.get().url == "https://releases.example.org/1.0.0/manifest.json"
    Download.objects.update(status=200, size=9, looked_at=moment.now())
    assert of(incident, "ota_previous")[0] == "PASS"
    assert of(incident, "reflash_previous")[0] == "UNKNOWN"
    Download.objects.update(status=404)
    assert of(incident, "ota_previous") == (
        "FAIL", "It is not at https://releases.example.org/1.0.0/manifest.json any more."
    )  # fmt: skip
    client.post(PAGE, {OTA: "", ISO: ""})
    assert of(incident, "ota_previous")[0] == "UNKNOWN"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://releases.example.org/latest.iso", "Write {target} where the version stands"),
        ("https://releases.example.org/{target}/{flavour}", "“{flavour}” has no meaning here."),
        ("ftp://releases.example.org/{target}", "The address must begin with http"),
        ("https://user:word@releases.example.org/{target}", "must not contain a user name"),
    ],
)
def test_what_is_no_address_of_a_version_is_refused(
    address: str, said: str, archy: Product, rosa: User, client: Client
) -> None:
    with pytest.raises(ValidationError) as refused:
        addresses.clean(address)
    assert said in refused.value.messages[0]
    answer = client.post(PAGE, {OTA: address, ISO: ""})
    assert (answer.status_code, ReleaseAddress.objects.count()) == (422, 0)
    assert address in answer.content.decode().replace("&#x27;", "'")


def test_a_process_without_downloads_asks_for_none(rosa: User, client: Client, archy: Product) -> None:
    make_product(archy.team, name="Shop", slug="shop")
    page = client.get("/products/shop/setup/monitors/").content.decode()
    assert "Where the version before can be had" not in page
