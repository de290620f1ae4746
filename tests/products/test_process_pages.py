"""Pages of processes read like the written document and say what is the source's and what is ours."""

from datetime import date, datetime

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from products.models import Product
from products.reading.tables import Age, age
from products.sources.import_process import import_process
from products.sources.shipped import FOLDER
from tests.products.conftest import signed_in
from tests.products.documents import GOOD


@pytest.fixture
def reader(viewer: User, shipped: None) -> Client:
    return signed_in(viewer)


def test_the_list_shows_both_with_their_severities(reader: Client) -> None:
    page = reader.get("/processes/").text
    for words in ("Archy hotfix process", "Krow hotfix process", "P0 Critical", "MEDIUM", "Version 1"):
        assert words in page


def test_krow_shows_where_it_comes_from(reader: Client) -> None:
    """K1, K141."""
    page = reader.get("/processes/krow/").text
    for words in (
        "Krow-workspace/docs/RELEASE/HOTFIX_PROCESS.md",
        "Achintha Isuru",
        "085445e730",
        "6.4 KiB",
        "2026-03-05",
    ):
        assert words in page


def test_archy_shows_where_it_comes_from(reader: Client) -> None:
    """A1."""
    page = reader.get("/processes/archy/").text
    for words in (
        "archy/docs/hotfix-process.md",
        "Dorian",
        "5495fc5c3e",
        "LAUNCH-02",
        "51 lines",
        "1.7 KiB",
        "2026-03-11",
    ):
        assert words in page


def test_it_shows_when_to_hotfix_and_when_not(reader: Client) -> None:
    """K6-K13."""
    page = reader.get("/processes/krow/").text
    assert page.index("Use it for") < page.index("security vulnerability") < page.index("Leave it for")
    assert page.index("Leave it for") < page.index("A feature request") < page.index("A question of styling")


def test_it_shows_the_severity_table(reader: Client) -> None:
    """A7-A15."""
    page = reader.get("/processes/archy/").text
    for words in (
        "P0 Critical", "Data loss, security vulnerability, node bricked", "&lt; 4 h", "&lt; 24 h", "&lt; 72 h",
        "Cosmetic, minor UX, edge cases", "next release", "planned for v1.1",
    ):  # fmt: skip
        assert words in page


def test_it_shows_where_clocks_start_and_stop_and_what_was_settled(reader: Client) -> None:
    """C4, C5, C14."""
    page = reader.get("/processes/krow/").text
    assert "Hotfix started, Rollback started, Damage contained, Deferred, Resolved, Declined" in page
    for row in ("C4", "C5", "C14"):
        assert f'id="settles-{row}"' in page


def test_house_values_say_so_and_source_values_do_not(reader: Client) -> None:
    """C16: of krow's severities only the times to acknowledge and to decide are ours."""
    page = reader.get("/processes/krow/").text
    table = page[page.index('id="severities"') : page.index('id="start"')]
    assert (
        table.count("house default") == 7
    )  # each acknowledged limit, each wake, no time to decide for MEDIUM


def test_an_older_version_says_that_it_is_one(reader: Client) -> None:
    import_process((FOLDER / "krow.yaml").read_bytes() + b"# ours\n", name="krow.yaml", by=None)
    assert "This is version 1, an older one." in reader.get("/processes/krow/1/").text
    assert "an older one" not in reader.get("/processes/krow/").text
    assert reader.get("/processes/krow/3/").status_code == 404
    assert reader.get("/processes/nope/").status_code == 404


def test_the_text_comes_back_byte_for_byte(reader: Client) -> None:
    response = reader.get("/processes/krow/1/text")
    assert response.content == (FOLDER / "krow.yaml").read_bytes()
    assert response["Content-Disposition"] == 'attachment; filename="krow.yaml"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_it_names_the_products_that_use_it(product: Product, viewer: User) -> None:
    client = signed_in(viewer)
    assert "/products/staff-mobile/" in client.get("/processes/krow/").text
    assert "None of your products works by it yet." in client.get("/processes/archy/").text


def test_a_process_without_origin_roles_or_settlements_has_a_page(reader: Client) -> None:
    import_process(GOOD.encode(), name="shop.yaml", by=None)
    page = reader.get("/processes/shop/")
    assert page.status_code == 200
    assert "Severity 1" in page.text


def test_old_sources_ask_to_be_reviewed(reader: Client, product: Product) -> None:
    """K141: "older than n days, review it"."""
    version = product.process.current
    assert version is not None
    for day, days, due in (("2026-03-06", 1, False), ("2026-09-01", 180, False), ("2026-09-02", 181, True)):
        found = age(version, datetime.fromisoformat(f"{day}T12:00:00+00:00"))
        assert isinstance(found, Age)
        assert (found.days, found.due_for_review) == (days, due)


def test_the_page_of_an_old_source_says_so(reader: Client) -> None:
    page = reader.get("/processes/krow/").text
    assert ("Older than 180 days: review it." in page) == (moment.now().date() > date(2026, 9, 1))
