"""The page of Simulate: its address is the whole of it, looking changes nothing."""

import re
from contextlib import ExitStack
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from incidents.models import Incident
from incidents.simulation import play
from products.models import Process, ProcessDraft, Product
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("house")

FRIDAY = "start=2026-11-20T22:00&zone=Europe/Vienna"


@pytest.fixture
def reader(product: Product, outsider: User, client: Client) -> Client:
    """Of somebody in no team: a way of working is no secret inside the house."""
    client.force_login(outsider)
    return client


def words(answer: object) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())  # type: ignore[attr-defined]
    return " ".join(unescape(text).split())


def links(answer: object) -> dict[str, str]:
    """The moves of the page by their keys."""
    found = re.findall(r'data-go="([^"]+)" href="([^"]+)"', answer.content.decode())  # type: ignore[attr-defined]
    return {unescape(key): unescape(href) for key, href in found}


def test_it_opens_with_the_worst_severity_now_and_says_that_it_is_a_simulation(reader: Client) -> None:
    answer = reader.get("/processes/krow/simulate/")
    assert answer.status_code == 200
    said = words(answer)
    assert "This is a simulation. Nobody is told, and nothing is kept." in said
    assert "<title>Simulation: Krow hotfix process · Nightdesk</title>" in answer.content.decode()
    assert "Nobody has this yet" in said
    assert {"plus-60", "plus-300", "plus-900", "plus-3600", "plus-due", "next-acknowledge"} <= links(
        answer
    ).keys()


def test_links_alone_lead_through_an_incident_and_nothing_stays(reader: Client) -> None:
    """A16, K145: without script, by pressing what is offered first."""
    answer = reader.get(f"/processes/krow/simulate/?severity=HIGH&{FRIDAY}")
    for key in ("plus-60", "next-acknowledge", "decide-decide-hotfix", "plus-300", "next-finish_step-branch"):
        answer = reader.get("/processes/krow/simulate/" + links(answer)[key])
        assert answer.status_code == 200
    said = words(answer)
    assert "6 min after the start" in said
    assert "Branch seen , says Ada" in said
    assert "Next: Fix the bug" in unescape(answer.content.decode())
    undone = reader.get("/processes/krow/simulate/" + links(answer)["undo"])
    assert "Branch seen , says Ada" not in words(undone)
    assert not Incident.objects.exists()


def test_what_runs_out_is_said(reader: Client) -> None:
    said = words(reader.get(f"/processes/krow/simulate/?severity=CRITICAL&{FRIDAY}&t=3700"))
    assert "Too late: Acknowledge, Respond" in said
    assert "CRITICAL INC-0 Staff Mobile: time ran out" in said


def test_an_older_version_is_played_by_its_own_words(reader: Client, ada: User) -> None:
    from products.sources.import_process import import_process

    text = Process.objects.get(key="krow").current.text  # type: ignore[union-attr]
    import_process(text.replace("within: 10 min", "within: 20 min").encode(), name="krow.yaml", by=ada)
    asked = f"simulate/?severity=CRITICAL&{FRIDAY}&t=660"
    assert "Too late: Acknowledge" in words(reader.get(f"/processes/krow/1/{asked}"))
    assert "Too late" not in words(reader.get(f"/processes/krow/{asked}"))
    assert reader.get(f"/processes/krow/9/{asked}").status_code == 404
    assert reader.get("/processes/nothing/simulate/").status_code == 404


# One that cannot be read, one that no process can play; every word of it: test_simulated_play.py.
@pytest.mark.parametrize("query", ["t=x", "severity=P0"])
def test_a_broken_address_is_said_and_a_new_simulation_begins(reader: Client, query: str) -> None:
    answer = reader.get(f"/processes/krow/simulate/?{query}")
    assert answer.status_code == 400
    assert "Here is a new simulation instead." in words(answer)


def test_it_is_looked_at_and_nothing_else(reader: Client) -> None:
    assert reader.post("/processes/krow/simulate/").status_code == 405


def test_words_of_a_process_cannot_break_out_of_the_page(reader: Client, ada: User) -> None:
    from products.sources.import_process import import_process

    text = Process.objects.get(key="krow").current.text  # type: ignore[union-attr]
    text = text.replace("Krow hotfix process", "Krow <b onclick=x>").replace(
        "label: Respond", "label: <i>Respond</i>"
    )
    import_process(text.encode(), name="krow.yaml", by=ada)
    html = reader.get(f"/processes/krow/simulate/?{FRIDAY}&t=99999").content.decode()
    assert "<b onclick" not in html
    assert "<i>Respond" not in html


def test_a_draft_is_played_by_who_may_write_one(reader: Client, product: Product, ada: User) -> None:
    text = Process.objects.get(key="krow").current.text  # type: ignore[union-attr]
    draft = ProcessDraft.objects.create(
        key="ours", by=ada, saved_by=ada,
        text=text.replace("key: krow", "key: ours", 1).replace("Krow hotfix", "Our hotfix", 1),
    )  # fmt: skip
    assert reader.get("/processes/ours/draft/simulate/").status_code == 403
    reader.force_login(make_user("boss@example.test", is_administrator=True))
    assert "Our hotfix process" in words(reader.get("/processes/ours/draft/simulate/"))
    ProcessDraft.objects.filter(pk=draft.pk).update(text=draft.text.replace("rank: 1", "rank: x", 1))
    broken = reader.get("/processes/ours/draft/simulate/")
    assert broken.status_code == 422
    assert "severities[0].rank: expected a whole number" in words(broken)
    assert reader.get("/processes/other/draft/simulate/").status_code == 404


def test_after_the_last_move_there_is_a_way_back_and_no_error(reader: Client) -> None:
    """Sixty are the most: a page with a button for one more could not be made."""
    moves = "&".join(f"m={n}.finish_step.nothing" for n in range(60))
    answer = reader.get(f"/processes/krow/simulate/?severity=HIGH&{FRIDAY}&{moves}")
    assert answer.status_code == 200
    assert "a simulation has at most 60. Undo one, or start over." in words(answer)
    assert "undo" in links(answer)
    assert not any(key.startswith(("next", "step", "decide", "end")) for key in links(answer))


def test_too_many_at_once_are_told_at_once_and_lose_nothing(reader: Client) -> None:
    """Real incidents need the threads: who comes when others wait already does not wait behind them."""
    address = f"/processes/krow/simulate/?severity=HIGH&{FRIDAY}&t=60"
    with ExitStack() as taken:
        for _place in range(play.SEATS + play.WAITING):
            taken.enter_context(play._house)
        answer = reader.get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Too many simulations run just now" in words(answer)
    assert address in unescape(answer.content.decode())
    assert reader.get(address).status_code == 200
