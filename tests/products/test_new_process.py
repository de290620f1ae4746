"""A process of one's own begins in the browser: pasted, uploaded, guessed from a runbook, or from one that is here."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from products.drafts.verbs import start_draft
from products.models import Process, ProcessDraft, ProcessVersion
from tests.products.conftest import signed_in
from tests.products.documents import GOOD, as_sent, field
from tests.products.test_process_page_whole import text_of

OTHER = GOOD.replace("Shop process", "Shop")


def test_a_runbook_becomes_a_draft_with_its_guesses_beside_the_lines(writer: Client, ada: User) -> None:
    table = "| Severity | Response |\n|---|---|\n| High | 1 hour |\n| Low | next release |\n"
    runbook = f"# Till hotfixes\n\n{table}\n## Steps\n\n1. Fix it\n"
    told = writer.post("/processes/new/", {"text": as_sent(runbook), "key": "till", "kind": ""})
    assert told["Location"] == "/processes/till/draft/"
    page = writer.get("/processes/till/draft/").text
    assert "It can be used." in page
    places = re.findall(r'name="place" value="(\d+)"', page)
    draft = ProcessDraft.objects.get(key="till")
    assert places
    assert sorted(map(int, places)) == list(range(len(draft.guesses)))
    assert "not looked at yet" in page
    assert signed_in(ada).post("/processes/till/draft/publish/", {"seen": draft.sha256}).status_code == 409
    writer.post("/processes/till/draft/guesses/", {"place": places})
    assert "Looked at by Mia." in text_of(writer.get("/processes/till/draft/").text)
    assert signed_in(ada).post("/processes/till/draft/publish/", {"seen": draft.sha256}).status_code == 302
    assert Process.objects.get(key="till").current is not None


def test_a_file_becomes_a_draft_byte_for_byte(writer: Client) -> None:
    raw = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    writer.post("/processes/new/", {"file": SimpleUploadedFile("shop.yaml", raw)})
    assert ProcessDraft.objects.get(key="shop").text.encode() == raw


def test_a_broken_text_becomes_a_draft_too(writer: Client) -> None:
    writer.post("/processes/new/", {"text": as_sent("schema: 1\nkey: shop\n  broken: [\n")})
    assert "is wrong" in writer.get("/processes/shop/draft/").text


def test_one_begins_from_a_process_that_is_here(shop: ProcessVersion, writer: Client) -> None:
    told = writer.post("/processes/new/", {"begin": "shop"})
    assert (told.status_code, "Say what the new one is called in addresses." in told.text) == (422, True)
    writer.post("/processes/new/", {"begin": "shop", "key": "till"})
    draft = ProcessDraft.objects.get()
    assert (draft.key, draft.text, draft.base) == ("till", GOOD.replace("key: shop", "key: till"), None)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Paste a text, choose a file, or begin from a process that is here."),
        ({"text": "schema: 1\nname: x\n"}, "The text names no key."),
        ({"text": GOOD, "key": "new"}, "“new” is taken."),
        ({"text": GOOD + "\x1b", "key": "shop"}, "control character"),
        ({"file": SimpleUploadedFile("a.yaml", b"\xff")}, "Byte 1 is not UTF-8."),
    ],
)
def test_what_cannot_become_a_draft_is_told_and_stays(
    sent: dict[str, str], told: str, shop: ProcessVersion, writer: Client
) -> None:
    answer = writer.post("/processes/new/", sent)
    assert answer.status_code == 422
    assert told in html.unescape(answer.text)
    if "text" in sent:
        assert field(answer.text) == sent["text"]


def test_a_second_text_for_an_open_draft_is_not_lost(shop: ProcessVersion, writer: Client, ada: User) -> None:
    start_draft(GOOD, key="shop", by=ada, base=shop)
    told = writer.post("/processes/new/", {"text": as_sent(OTHER)})
    assert (told.status_code, field(told.text)) == (409, OTHER)
    assert 'href="/processes/shop/draft/"' in told.text


RUNBOOK = """# Till hotfixes

| Severity | Response |
|---|---|
| High | 1 hour |
| Low | next release |

## Steps

1. Fix it
2. Ship it
"""


def test_the_guesses_of_a_section_are_looked_at_with_one_button_below_them(writer: Client) -> None:
    """172 boxes one by one is what nobody reads. The button stands where all of them were on screen."""
    writer.post("/processes/new/", {"text": as_sent(RUNBOOK), "key": "till", "kind": ""})
    page = writer.get("/processes/till/draft/").text
    draft = ProcessDraft.objects.get(key="till")
    of = [number for number, guess in enumerate(draft.guesses) if guess["path"].startswith("severities")]
    button = f'<button class="button" name="places" value="{" ".join(map(str, of))}">'
    last = max(page.index(f'name="place" value="{number}"') for number in of)
    assert last < page.index(button)
    assert f"I have looked at all {len(of)}" in page
    told = writer.post("/processes/till/draft/guesses/", {"places": " ".join(map(str, of))})
    draft.refresh_from_db()
    assert [n for n, guess in enumerate(draft.guesses) if guess["seen_by"] == "Mia"] == of
    page = writer.get("/processes/till/draft/").text
    assert button not in page
    line = re.search(r"/processes/till/draft/#L(\d+)$", told["Location"])
    assert line, told["Location"]
    assert int(line[1]) >= max(draft.guesses[number]["line"] for number in of)  # onward, not back up
    left = page[page.index(f'<li id="L{line[1]}"') :]
    assert left.index('name="place"') < left.index("</li>")


def test_a_single_guess_is_ticked_and_after_the_last_one_the_page_says_so(writer: Client) -> None:
    writer.post("/processes/new/", {"text": as_sent(RUNBOOK), "key": "till", "kind": ""})
    many = range(len(ProcessDraft.objects.get(key="till").guesses))
    writer.post("/processes/till/draft/guesses/", {"place": ["0"], "places": "x ² -1 99999"})
    assert ProcessDraft.objects.get(key="till").unseen == len(many) - 1
    told = writer.post("/processes/till/draft/guesses/", {"place": list(many)}, follow=True)
    assert "Every guess was looked at." in told.text
    assert 'name="place' not in told.text


def test_a_text_of_endless_lines_is_refused_and_does_not_become_a_page_of_them(writer: Client) -> None:
    start = {"text": as_sent("key: shop\n" + "\n" * 20_000), "key": "shop", "kind": "yaml"}
    assert "A process may have at most 10000 lines." in writer.post("/processes/new/", start).text
    writer.post("/processes/new/", {"text": as_sent(GOOD)})
    told = writer.post("/processes/shop/draft/", {"text": as_sent(GOOD + "\n" * 20_000), "action": "check"})
    assert "The file has more than 10000 lines." in told.text
    assert told.text.count("<li id=") == 10_000
