"""The process page holds everything that the document says (K146), with its findings beside the part they concern."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from incidents.lifecycle.declare import declare
from products.models import Process, ProcessVersion, Product
from products.reading.findings import findings_of, place
from products.reading.outline import event_words, limit_words, names, offset_words
from products.sources.import_process import import_process
from products.sources.shipped import FOLDER
from products.vocabulary import ClockKind
from tests.factories import join, make_product, make_team, make_user
from tests.products.conftest import signed_in
from tests.products.documents import GOOD

# Words for the machine, which the page says by a shape or a sentence of its own.
SAID_OTHERWISE = {
    "schema", "origin", "bounds", "mark", "rank", "proceed", "wake", "first", "not_by_author", "on_final_head",
    "data_preserved", "annotated", "tag_on", "cut_from", "no_features", "per", "holds", "at_least", "needed",
    "decides", "executes", "watches", "audience", "date",
}  # fmt: skip
EVENTS = {"again", "from", "to", "events", "done_on", "event", "not_before", "samples_from"}
KEYS = {"role": "roles", "deputies": "roles", "approved_by": "roles", "executed_by": "roles", "clock": "clocks",
        "component": "components", "components": "components", "host": "environments", "step": "steps"}  # fmt: skip


def text_of(page: str) -> str:
    """What a reader sees of a page, blanks joined."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in leaves(each, (*path, key))]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each, path)]
    return [] if value is None or value is False else [(path, value)]


def expected(path: tuple[str, ...], value: Any, document: dict[str, Any]) -> str:
    """How the page says this value; "" for what it says by other means."""
    known, field = names(document), path[-1]
    if set(path) & SAID_OTHERWISE - {"first"} or (field == "first" and value is True):
        return ""
    if field in EVENTS:
        return event_words(str(value), known["messages"])
    if field in {"within", "milestone", "none", "earliest"} and path[0] in {"severities", "clocks"}:
        return ""  # together they are one limit, looked for below
    if field in KEYS and path[:2] != ("setup", "components"):
        return str(known[KEYS[field]].get(value, value))
    if path == ("marks", "at"):
        return offset_words(str(value))
    if field in {"check", "checks", "claim"} or (path[0] == "rollback" and field == "kind"):
        return str(value).replace("_", " ")
    if path[0] == "clocks" and field == "kind":
        return str(ClockKind(value).label)
    if field == "key" and path[0] not in {"calendars", "policy"}:
        return ""  # what a key stands for is shown instead
    if field == "claim":
        return str(value).replace("_", " ")
    return str(value)


@pytest.mark.parametrize("key", ["krow", "archy"])
def test_every_word_of_the_document_is_on_the_page(key: str, viewer: User, shipped: None) -> None:
    """K146, A1-A44, K1-K145: the page reads top to bottom like the written document."""
    document = Process.objects.get(key=key).current.document  # type: ignore[union-attr]
    page = text_of(signed_in(viewer).get(f"/processes/{key}/").text)
    looked_for = [(path, expected(path, value, document)) for path, value in leaves(document)]
    missing = [(".".join(path), words) for path, words in looked_for if " ".join(words.split()) not in page]
    assert missing == []
    known = names(document)["calendars"]
    for clock in document["clocks"]:
        assert not clock["target"] or limit_words(clock["target"], known) in page
    for severity in document["severities"]:
        for target in severity["targets"].values():
            assert limit_words(target, known) in page
    assert len([words for _path, words in looked_for if words]) > 200


def test_a_value_that_only_a_third_process_has_is_shown_too(viewer: User, shipped: None) -> None:
    """Calendars, usual beginnings, data that is lost, a role nobody is reminded of."""
    more = """\
calendars:
  - {key: office, time_zone: Europe/Vienna, hours: {mon: "09:00-17:00"}, holidays: [2026-12-25]}
roles:
  - {key: boss, label: Boss, decides: true, deputies: [second]}
  - {key: second, label: Second, needed: false}
rollback:
  approved_by: boss
  options:
    - {key: wipe, kind: flag_off, title: Wipe it, data_preserved: "no", user_action: Sign in again}
"""
    text = GOOD.replace("{within: 30 min}", "{within: 4 h, earliest: 2 h, calendar: office}") + more
    import_process(text.encode(), name="shop.yaml", by=None)
    page = text_of(signed_in(viewer).get("/processes/shop/").text)
    for words in (
        "2 h to 4 h in the working hours “office”", "Europe/Vienna", "09:00-17:00", "2026-12-25", "Data is lost.",
        "asked in this order: Second", "Nobody is reminded when it is empty.", "flag off", "Sign in again",
    ):  # fmt: skip
        assert words in page


def test_sections_stand_in_the_order_of_a_written_document(viewer: User, shipped: None) -> None:
    page = signed_in(viewer).get("/processes/krow/").text
    order = ["origin", "eligibility", "severities", "start", "roles", "clocks", "marks", "steps", "policy", "deploy",
             "smoke", "watching", "letters", "updates", "checklist", "rollback", "mistakes", "postmortem", "contacts",
             "setup", "settles", "versions", "used-by"]  # fmt: skip
    places = [page.index(f'id="{key}"') for key in order]
    assert places == sorted(places)
    assert re.findall(r'<li><a href="#([a-z-]+)">', page.split("</nav>")[-2]) == order


def test_no_id_is_there_twice_and_every_anchor_leads_somewhere(viewer: User, shipped: None) -> None:
    for key in ("krow", "archy"):
        page = signed_in(viewer).get(f"/processes/{key}/").text
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert sorted(set(ids)) == sorted(ids)
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("krow", "C1 C2 C3 C4 C5 C7 C8 C9 C10 C11 C13 C14 C15 C17"),
        ("archy", "C6 C12 C14 C16 C18"),
    ],
)
def test_each_contradiction_of_the_source_stands_beside_its_line(
    key: str, codes: str, viewer: User, shipped: None
) -> None:
    """C1-C18, on the page and on the text with its line numbers."""
    client = signed_in(viewer)
    text = (FOLDER / f"{key}.yaml").read_text()
    page, source = client.get(f"/processes/{key}/").text, client.get(f"/processes/{key}/1/source/").text
    found = {finding.code: finding for finding in findings_of(text, name=f"{key}.yaml").all}
    assert set(codes.split()) <= set(found)
    for code in codes.split():
        finding = found[code]
        assert f'id="question-{code}-{finding.line}"' in page
        line = source.split(f'<li id="L{finding.line}"')[1].split("</li>")[0]
        assert f"<b>{code}</b>" in line
        assert html.escape(finding.message, quote=True) in line
        section = page.split(f'id="question-{code}-{finding.line}"')[0]
        wanted = place(finding.path).split("[")[0].split(".")[0]
        anchor = {"messages": "letters", "watch": "watching"}.get(wanted, wanted)
        assert re.findall(r'<h2 id="([a-z-]+)"', section)[-1] in {anchor, "whole"}


def test_the_summary_counts_open_and_settled_questions(viewer: User, shipped: None) -> None:
    found = findings_of((FOLDER / "krow.yaml").read_text(), name="krow.yaml")
    page = text_of(signed_in(viewer).get("/processes/krow/").text)
    assert f"{len(found.open)} open questions, {len(found.settled)} settled" in page


def test_a_version_stored_before_most_sections_existed_still_has_its_page(
    viewer: User, shipped: None
) -> None:
    version = import_process(GOOD.encode(), name="shop.yaml", by=None).version
    kept = {"schema", "key", "name", "origin", "severities", "clocks"}
    document = {name: value for name, value in version.document.items() if name in kept}
    document["settles"] = [{"row": "C1", "about": "Old", "choice": "Kept", "why": "Because"}]
    for clock in document["clocks"]:
        for field in ("bounds", "note", "target", "at_least", "holds", "per"):
            clock.pop(field, None)
    text = "schema: 0\nlong: ago\n"
    ProcessVersion.objects.filter(pk=version.pk).update(document=document, text=text)
    page = signed_in(viewer).get("/processes/shop/")
    assert page.status_code == 200
    assert (
        "today&#x27;s Nightdesk cannot check it" in page.text
        or "today's Nightdesk cannot check it" in page.text
    )
    assert 'id="settles-C1"' in page.text
    assert signed_in(viewer).get("/processes/shop/1/source/").status_code == 200


def test_it_names_running_incidents_with_the_version_they_keep_and_only_visible_ones(
    product: Product, viewer: User, manager: User, outsider: User
) -> None:
    import_process((FOLDER / "krow.yaml").read_bytes() + b"# ours\n", name="krow.yaml", by=None)
    other = make_product(make_team("hidden"), name="Hidden")
    lead = make_user("lea@example.test")
    join(lead, other.team, "manager")
    for each, by, title in ((product, manager, "Sign-in fails"), (other, lead, "Secret outage")):
        each.refresh_from_db()
        declare(each, by=by, title=title, severity=each.severities().get(key="HIGH"))
    page = text_of(signed_in(viewer).get("/processes/krow/").text)
    assert "Sign-in fails keeps version 2" in page
    assert ("Secret outage" in page, "Hidden" in page) == (False, False)


def test_what_others_write_stays_text(viewer: User, shipped: None) -> None:
    attack = "<script>alert(1)</script>"
    import_process(GOOD.replace("Checkout down", f'"{attack}"').encode(), name="shop.yaml", by=None)
    client = signed_in(viewer)
    for address in (
        "/processes/shop/",
        "/processes/shop/1/source/",
        "/processes/shop/1/diff/",
        "/processes/",
    ):
        assert attack not in client.get(address).text


def test_a_page_in_print_says_its_address_and_version(viewer: User, shipped: None) -> None:
    assert "http://testserver/processes/krow/" in signed_in(viewer).get("/processes/krow/").text


def test_the_page_costs_the_same_for_1_and_5_versions(
    viewer: User, shipped: None, django_assert_max_num_queries: Any
) -> None:
    client: Client = signed_in(viewer)
    client.get("/processes/krow/")
    for number in range(5):
        text = (FOLDER / "krow.yaml").read_bytes() + b"# more\n" * (number + 1)
        import_process(text, name="krow.yaml", by=viewer)
    with django_assert_max_num_queries(22):
        client.get("/processes/krow/")


def test_the_plan_is_written_as_on_the_ruler_of_an_incident(
    client: Client, shipped: None, outsider: User
) -> None:
    """K78–K85: "T+2 h" here and "T+120 min" there would be two plans."""
    client.force_login(outsider)
    page = client.get("/processes/krow/").content.decode()
    section = page[page.index('id="marks"') : page.index('id="steps"')]
    planned = ["T-0", "T+5 min", "T+15 min", "T+30 min", "T+45 min", "T+60 min", "T+120 min", "T+1 day"]
    assert re.findall(r"<dt><b>([^<]+)</b>", section) == planned
    drawn = dict.fromkeys(re.findall(r"T[-+]\d[^<,:]*", section[: section.index("<dl")]))
    assert [name.strip() for name in drawn] == [name.removesuffix(" min") for name in planned]
