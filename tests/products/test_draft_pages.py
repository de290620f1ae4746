"""Drafts in the browser: who may what, nothing typed is lost, and what stands in the way is said."""

import html
import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from products.drafts.verbs import publish, save_draft, start_draft
from products.models import Process, ProcessDraft, ProcessVersion
from products.sources.files import import_files
from products.sources.import_process import import_process
from tests.factories import make_user
from tests.products.conftest import signed_in
from tests.products.documents import GOOD, as_sent, field
from tests.products.test_process_page_whole import text_of

OTHER = GOOD.replace("Shop process", "Shop")


def seen(page: str) -> str:
    return str(re.findall(r'name="seen" value="([0-9a-f]{64})"', page)[0])


def test_from_edit_to_published_by_a_second_person(shop: ProcessVersion, writer: Client, ada: User) -> None:
    assert 'action="/processes/shop/draft/start/"' in writer.get("/processes/shop/").text
    assert writer.post("/processes/shop/draft/start/")["Location"] == "/processes/shop/draft/"
    page = writer.get("/processes/shop/draft/").text
    assert field(page) == GOOD
    told = writer.post("/processes/shop/draft/", {"text": as_sent(OTHER), "seen": seen(page)}, follow=True)
    assert "Saved. Nothing changes for incidents until it is published." in told.text
    page = writer.get("/processes/shop/draft/publish/").text
    assert "An administrator of this Nightdesk publishes it; an admin of a team is not one." in page
    assert writer.post("/processes/shop/draft/publish/", {"seen": seen(told.text)}).status_code == 403
    second = signed_in(ada)
    page = second.get("/processes/shop/draft/publish/").text
    assert "The process is called “Shop”, before “Shop process”." in page
    assert 'href="/processes/shop/draft/#L' in page
    told = second.post("/processes/shop/draft/publish/", {"seen": seen(page)}, follow=True)
    assert "Version 2 is published. New incidents go by it." in told.text
    assert "written by Mia, published by Ada" in text_of(told.text)
    assert Process.objects.get(key="shop").current.text == OTHER  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        GOOD.rstrip("\n"),
        "\n" + GOOD,
        GOOD + "# blanks  \n \n",
        "\r\n" + GOOD,
    ],
)
def test_saving_without_a_change_keeps_every_byte(text: str, writer: Client, manager: User) -> None:
    draft = start_draft(text, key="shop", by=manager)
    page = writer.get("/processes/shop/draft/").text
    writer.post("/processes/shop/draft/", {"text": as_sent(field(page)), "seen": seen(page)})
    draft.refresh_from_db()
    assert draft.text == text


def test_comparing_saves_what_is_in_the_field_first(shop: ProcessVersion, writer: Client) -> None:
    writer.post("/processes/shop/draft/start/")
    page = writer.get("/processes/shop/draft/").text
    text = shop.text.replace("Shop", "Shoppe", 1)
    told = writer.post("/processes/shop/draft/", {"text": text, "seen": seen(page), "action": "publish"})
    assert (told.status_code, told["Location"]) == (302, "/processes/shop/draft/publish/")
    assert "Shoppe" in writer.get("/processes/shop/draft/").text


def test_checking_shows_what_is_wrong_beside_its_line_and_stores_nothing(
    shop: ProcessVersion, writer: Client, manager: User
) -> None:
    draft = start_draft(GOOD, key="shop", by=manager, base=shop)
    broken = GOOD.replace("rank: 1", "rank: 9")
    page = writer.post(
        "/processes/shop/draft/", {"text": as_sent(broken), "seen": draft.sha256, "action": "check"}
    ).text
    assert field(page) == broken
    assert "Checked, not saved yet." in page
    line = page.split('<li id="L8"')[1].split("</li>")[0]
    assert "<code>severities[0].rank</code>" in line
    draft.refresh_from_db()
    assert draft.text == GOOD


def test_findings_of_the_lint_stand_beside_their_lines(writer: Client, manager: User) -> None:
    start_draft(GOOD, key="shop", by=manager)
    page = writer.get("/processes/shop/draft/").text
    assert "It can be used." in page
    assert re.search(r'<li id="L\d+" value="\d+" class="said">', page)
    assert "To settle it:" in page


def test_when_two_save_both_texts_are_shown_and_saving_again_is_a_choice(
    shop: ProcessVersion, writer: Client, manager: User, ada: User
) -> None:
    draft = start_draft(GOOD, key="shop", by=manager, base=shop)
    page = writer.get("/processes/shop/draft/").text
    save_draft(draft, OTHER, by=ada, seen=draft.sha256)
    mine = GOOD.replace("Checkout down", "Till down")
    told = writer.post("/processes/shop/draft/", {"text": as_sent(mine), "seen": seen(page)})
    assert told.status_code == 409
    assert "Somebody saved another text meanwhile." in told.text
    assert field(told.text) == mine
    assert html.escape(OTHER) in told.text
    assert '<div class="diff-line come">' in told.text
    draft.refresh_from_db()
    assert draft.text == OTHER
    writer.post("/processes/shop/draft/", {"text": as_sent(mine), "seen": seen(told.text)})
    draft.refresh_from_db()
    assert draft.text == mine


def test_checking_does_not_forget_that_somebody_else_has_saved(
    shop: ProcessVersion, writer: Client, manager: User, ada: User
) -> None:
    draft = start_draft(GOOD, key="shop", by=manager, base=shop)
    begun = draft.sha256
    save_draft(draft, OTHER, by=ada, seen=begun)
    mine = as_sent(GOOD + "# mine\n")
    page = writer.post("/processes/shop/draft/", {"text": mine, "seen": begun, "action": "check"}).text
    assert writer.post("/processes/shop/draft/", {"text": mine, "seen": seen(page)}).status_code == 409


def test_what_is_typed_into_a_draft_that_is_over_is_not_lost(
    shop: ProcessVersion, writer: Client, manager: User, ada: User
) -> None:
    draft = start_draft(OTHER, key="shop", by=manager, base=shop)
    publish(draft, by=ada)
    mine = OTHER + "# mine\n"
    told = writer.post("/processes/shop/draft/", {"text": as_sent(mine), "seen": draft.sha256})
    assert (told.status_code, "The draft is over" in told.text) == (409, True)
    writer.post("/processes/shop/draft/start/", {"text": as_sent(field(told.text))})
    assert ProcessDraft.objects.open().get(key="shop").text == mine


def test_text_that_cannot_be_stored_stays_in_the_field(writer: Client, manager: User) -> None:
    draft = start_draft(GOOD, key="shop", by=manager)
    told = writer.post("/processes/shop/draft/", {"text": "a\x1bb", "seen": draft.sha256})
    assert (told.status_code, "control character" in told.text, field(told.text)) == (422, True, "a\x1bb")


def test_a_draft_that_fell_behind_says_so_and_offers_the_comparison(
    shop: ProcessVersion, writer: Client, manager: User, ada: User
) -> None:
    start_draft(OTHER, key="shop", by=manager, base=shop)
    import_process((GOOD + "# moved\n").encode(), name="shop.yaml", by=None)
    assert "Version 2 came meanwhile. Compare it first." in writer.get("/processes/shop/draft/").text
    second = signed_in(ada)
    page = second.get("/processes/shop/draft/publish/").text
    assert "/processes/shop/2/diff/?from=1" in page
    assert second.post("/processes/shop/draft/publish/", {"seen": seen_sha()}).status_code == 409
    second.post("/processes/shop/draft/go-on/", {"number": "1"})
    assert "Version 2 came meanwhile." in second.get("/processes/shop/draft/publish/").text
    second.post("/processes/shop/draft/go-on/", {"number": "2"})
    page = second.get("/processes/shop/draft/publish/").text
    second.post("/processes/shop/draft/publish/", {"seen": seen(page)})
    assert Process.objects.get(key="shop").current.number == 3  # type: ignore[union-attr]


def seen_sha() -> str:
    return ProcessDraft.objects.open().get().sha256


def test_alone_one_publishes_by_saying_so_and_the_list_of_versions_says_it_too(
    shop: ProcessVersion, ada: User
) -> None:
    start_draft(OTHER, key="shop", by=ada, base=shop)
    client = signed_in(ada)
    page = client.get("/processes/shop/draft/publish/").text
    assert "Nobody else can publish here." in page
    told = client.post("/processes/shop/draft/publish/", {"seen": seen(page)})
    assert (told.status_code, "Say that you publish what you wrote yourself." in told.text) == (409, True)
    told = client.post("/processes/shop/draft/publish/", {"seen": seen(page), "aloud": "on"}, follow=True)
    assert "published by Ada, the person who wrote it" in text_of(told.text)


def test_with_a_second_administrator_the_first_does_not_publish_their_own(
    shop: ProcessVersion, ada: User
) -> None:
    make_user("ben@example.test", is_administrator=True)
    start_draft(OTHER, key="shop", by=ada, base=shop)
    page = signed_in(ada).get("/processes/shop/draft/publish/").text
    assert "You changed this text last. Somebody else publishes it." in page
    assert 'name="aloud"' not in page


def test_the_text_in_use_says_so(shop: ProcessVersion, writer: Client, manager: User, ada: User) -> None:
    start_draft(GOOD, key="shop", by=manager, base=shop)
    assert "This text is in use already." in writer.get("/processes/shop/draft/").text
    page = signed_in(ada).get("/processes/shop/draft/publish/").text
    assert "The two texts are the same." in page


def test_discarding_asks_first(shop: ProcessVersion, writer: Client, manager: User) -> None:
    draft = start_draft(OTHER, key="shop", by=manager, base=shop)
    assert "Discard the draft of shop?" in writer.get("/processes/shop/draft/discard/").text
    draft.refresh_from_db()
    assert draft.discarded_at is None
    assert "The draft is discarded." in writer.post("/processes/shop/draft/discard/", follow=True).text
    assert writer.get("/processes/shop/draft/").status_code == 404


def test_who_manages_no_team_writes_no_draft(shop: ProcessVersion, viewer: User) -> None:
    client = signed_in(viewer)
    assert "/draft/" not in client.get("/processes/shop/").text
    assert client.post("/processes/shop/draft/start/").status_code == 403
    assert client.get("/processes/new/").status_code == 403


def test_the_list_shows_open_drafts(
    shop: ProcessVersion, writer: Client, viewer: User, manager: User
) -> None:
    start_draft(OTHER, key="shop", by=manager, base=shop)
    assert 'href="/processes/shop/draft/"' in writer.get("/processes/").text
    assert "text last changed by Mia" in signed_in(viewer).get("/processes/").text


def test_two_versions_are_compared_on_a_page(shop: ProcessVersion, viewer: User) -> None:
    import_process(GOOD.replace("30 min", "45 min").encode(), name="shop.yaml", by=None)
    client = signed_in(viewer)
    page = client.get("/processes/shop/2/diff/").text
    assert "Severity Severity 1, Response: 45 min, before 30 min." in page
    assert "<mark>30</mark>" in page
    assert "<mark>45</mark>" in page
    assert (
        "Severity Severity 1, Response: 30 min, before 45 min."
        in client.get("/processes/shop/1/diff/?from=2").text
    )
    assert "This is the first version" in client.get("/processes/shop/1/diff/?from=x").text
    assert client.get("/processes/shop/9/diff/").status_code == 404


def test_a_process_that_comes_from_a_file_is_read_only_here_and_says_which(
    writer: Client, manager: User, settings: Settings, tmp_path: Path
) -> None:
    settings.NIGHTDESK_PROCESS_DIR = tmp_path
    (tmp_path / "our-shop.yaml").write_text(GOOD)
    import_files()
    page = writer.get("/processes/shop/").text
    assert "Read-only here: it comes from the file our-shop.yaml. Change it there." in page
    assert "draft/start/" not in page
    told = writer.post("/processes/shop/draft/start/", follow=True)
    assert "This process comes from the file our-shop.yaml." in told.text
    assert writer.post("/processes/new/", {"text": OTHER}).status_code == 422
    (tmp_path / "our-shop.yaml").write_text(GOOD.replace("rank: 1", "rank: 9"))
    import_files()
    page = writer.get("/processes/shop/").text
    assert "The file our-shop.yaml is broken; version 1 stays in force." in page
    assert "our-shop.yaml:8: severities[0].rank" in page


def test_a_draft_is_not_published_over_a_file_that_came_meanwhile(
    ada: User, manager: User, settings: Settings, tmp_path: Path
) -> None:
    draft = start_draft(OTHER, key="shop", by=manager)
    settings.NIGHTDESK_PROCESS_DIR = tmp_path
    (tmp_path / "shop.yaml").write_text(GOOD)
    import_files()
    told = signed_in(ada).post("/processes/shop/draft/publish/", {"seen": draft.sha256})
    assert (told.status_code, "This process is a file of the site." in told.text) == (409, True)
    assert Process.objects.get(key="shop").current.number == 1  # type: ignore[union-attr]
