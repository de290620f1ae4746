"""Versions, differences, findings and drafts of a process by script: all that the pages can do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from products.models import Process, ProcessDraft, Product
from products.sources.import_process import import_process
from tests.api.conftest import Script, problem
from tests.factories import make_user
from tests.products.documents import GOOD

OTHER = GOOD.replace("30 min", "45 min")


@pytest.fixture
def boss(product: Product, script_of: Callable[..., Script]) -> Script:
    """The only one who may publish."""
    User.objects.filter(is_administrator=True).update(is_active=False)
    return script_of(make_user("boss@example.test", is_administrator=True))


@pytest.fixture
def shop(db: None) -> None:
    import_process(GOOD.encode(), name="shop.yaml", by=None)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_written_by_one_script_and_published_by_another(shop: None, script: Script, boss: Script) -> None:
    begun = script.post("/processes/shop/draft", GOOD, status=201)
    assert (begun["key"], begun["base"], begun["usable"], begun["problems"]) == ("shop", 1, True, [])
    assert script.post("/processes/shop/draft", GOOD)["sha256"] == begun["sha256"]
    for _again in range(2):
        answer = script("PUT", f"/processes/shop/draft?seen={begun['sha256']}", OTHER)
        assert (answer.status_code, answer.json()["sha256"]) == (200, sha(OTHER))
    assert script("GET", "/processes/shop/draft/document").content == OTHER.encode()
    told = problem(script("POST", f"/processes/shop/draft/publish?seen={sha(OTHER)}"), 403)
    assert told["detail"]
    for _again in range(2):
        assert boss.post(f"/processes/shop/draft/publish?seen={sha(OTHER)}")["version"] == 2
    problem(script("GET", "/processes/shop/draft"), 404)
    first, second = reversed(script.get("/processes/shop/versions")["items"])
    assert (first["number"], first["source"], first["current"]) == (1, "imported", False)
    assert (second["by"], second["current"], second["published_alone"]) == ("Boss", True, False)


def test_who_has_not_seen_what_another_saved_is_refused(shop: None, script: Script, boss: Script) -> None:
    seen = script.post("/processes/shop/draft", GOOD, status=201)["sha256"]
    boss("PUT", f"/processes/shop/draft?seen={seen}", OTHER)
    told = problem(script("PUT", f"/processes/shop/draft?seen={seen}", GOOD + "# mine\n"), 409)
    assert told["draft"] == {"sha256": sha(OTHER), "saved_by": "Boss"}
    problem(boss("POST", f"/processes/shop/draft/publish?seen={seen}"), 409)
    problem(script("POST", "/processes/shop/draft", GOOD + "# mine\n"), 409)


def test_what_stands_in_the_way_is_named(shop: None, script: Script, boss: Script) -> None:
    def told(path: str) -> list[str]:
        return [error["field"] for error in problem(boss("POST", path), 409)["errors"]]

    boss.post("/processes/shop/draft", OTHER, status=201)
    publish = f"/processes/shop/draft/publish?seen={sha(OTHER)}"
    assert told(publish) == ["aloud"]
    import_process((GOOD + "# moved\n").encode(), name="shop.yaml", by=None)
    assert told(publish) == ["outdated", "aloud"]
    problem(boss("POST", "/processes/shop/draft/go_on?version=1"), 409)
    assert boss.post("/processes/shop/draft/go_on?version=2")["base"] == 2
    assert boss.post(f"{publish}&aloud=true")["version"] == 3
    assert boss.get("/processes/shop/versions")["items"][0]["published_alone"] is True


def test_a_broken_draft_says_where_and_cannot_be_published(shop: None, script: Script, boss: Script) -> None:
    broken = GOOD.replace("rank: 1", "rank: 9")
    draft = script.post("/processes/shop/draft", broken, status=201)
    assert [(one["line"], one["path"]) for one in draft["problems"]] == [(8, "severities[0].rank")]
    told = problem(boss("POST", f"/processes/shop/draft/publish?seen={sha(broken)}"), 422)
    assert told["errors"][0]["field"] == "severities[0].rank"
    assert Process.objects.get(key="shop").current.number == 1  # type: ignore[union-attr]


def test_a_runbook_is_guessed_looked_at_and_published(script: Script, boss: Script) -> None:
    table = "| Severity | Response |\n|---|---|\n| High | 1 hour |\n| Low | next release |\n"
    draft = script.post("/processes/till/draft?kind=markdown", f"# Till\n\n{table}", status=201)
    places = [guess["place"] for guess in draft["guesses"]]
    assert (draft["usable"], bool(places)) == (True, True)
    publish = f"/processes/till/draft/publish?seen={draft['sha256']}"
    assert [one["field"] for one in problem(boss("POST", publish), 409)["errors"]] == ["unseen"]
    query = "&".join(f"place={place}" for place in places)
    looked = script.post(f"/processes/till/draft/guesses?{query}")
    assert {guess["seen_by"] for guess in looked["guesses"]} == {"Ada (by token deploy-bot)"}
    assert boss.post(publish)["key"] == "till"


def test_discarding_is_harmless_to_repeat(shop: None, script: Script) -> None:
    script.post("/processes/shop/draft", OTHER, status=201)
    assert [script("DELETE", "/processes/shop/draft").status_code for _each in range(2)] == [204, 204]
    assert not ProcessDraft.objects.open().exists()


def test_two_versions_are_compared(shop: None, script: Script) -> None:
    import_process(OTHER.encode(), name="shop.yaml", by=None)
    told = script.get("/processes/shop/diff")
    assert (told["old"], told["new"], told["added"], told["removed"]) == (1, 2, 1, 1)
    assert told["changes"] == ["Severity Severity 1, Response: 45 min, before 30 min."]
    changed = [line["text"].strip() for line in told["lines"] if line["kind"] != "same"]
    assert changed == ["response: {within: 30 min}", "response: {within: 45 min}"]
    back = script.get("/processes/shop/diff?old=2&new=1")
    assert back["changes"] == ["Severity Severity 1, Response: 30 min, before 45 min."]
    assert script.get("/processes/shop/diff?new=1")["old"] is None
    problem(script("GET", "/processes/shop/diff?old=7"), 404)


def test_the_lint_says_where_why_and_what_would_settle_it(script: Script) -> None:
    found: list[dict[str, Any]] = script.get("/processes/krow/lint")["findings"]
    settled = {one["code"]: one["settled"] for one in found}
    assert settled["C4"]
    assert settled["N10"] is None
    assert all(one["line"] and one["path"] and one["why"] and one["cure"] for one in found)


def test_a_text_is_checked_without_being_stored(script: Script) -> None:
    told = script.post("/processes/shop/check", GOOD)
    assert (told["usable"], told["problems"]) == (True, [])
    told = script.post("/processes/other/check", GOOD)
    assert [(one["line"], one["path"]) for one in told["problems"]] == [(2, "key")]
    assert script.post("/processes/shop/check", "\x00")["usable"] is False
    assert not Process.objects.filter(key="shop").exists()
    assert not ProcessDraft.objects.exists()


def test_who_only_responds_writes_no_draft(shop: None, script_of: Callable[..., Script]) -> None:
    reader = script_of(make_user("vic@example.test"))
    problem(reader("POST", "/processes/shop/draft", OTHER), 403)
    problem(reader("GET", "/processes/shop/draft"), 403)
    assert reader.get("/processes/shop/versions")["items"][0]["number"] == 1
