"""The page of insights: its days, its refusals, its lists, and the same by script."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.models import Incident
from products.models import Product
from tests.api.conftest import Script
from tests.factories import make_product, make_team
from tests.review.conftest import House, reader, resolved_house


@pytest.fixture(scope="module")
def house(undone: None) -> House:
    return resolved_house()


@pytest.fixture
def desk(ada: User) -> Client:
    return reader(ada)


def told(desk: Client, query: str = "", status: int = 200) -> str:
    answer = desk.get(f"/insights/{query}")
    assert answer.status_code == status, answer.content
    return " ".join(unescape(re.sub("<[^>]*>", " ", answer.content.decode().split("<main", 1)[1])).split())


def test_the_last_ninety_days_are_counted_and_where_to_look_is_said(over: Incident, desk: Client) -> None:
    page = desk.get("/insights/").content.decode()
    today = moment.now().date()
    assert [f'value="{day}"' in page for day in (today, today - timedelta(days=89), today - timedelta(days=90))] == [
        True, True, False,
    ]  # fmt: skip
    words = told(desk)
    for said in ("1 incident Declared from", "whole days in UTC", "Resolved 1", "Krow hotfix process", "Hotfix 1",
                 "at least 5 times", "at least 20"):  # fmt: skip
        assert said in words, said
    assert '<a href="/insights/">' not in page  # its area is Review
    assert '<a class="button text" href="/insights/">' in desk.get("/postmortems/").content.decode()


def test_every_link_of_the_page_leads_to_a_list_with_the_incident(over: Incident, desk: Client) -> None:
    page = desk.get("/insights/").content.decode()
    links = {unescape(link) for link in re.findall(r'href="(/insights/incidents/[^"]*)"', page)}
    shown = {link: over.title in desk.get(link).content.decode() for link in links}
    assert len(links) > 8
    assert [link for link, found in shown.items() if not found] == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?from=yesterday", "Write a day such as 2026-11-21."),
        ("?to=2026-02-30", "Write a day such as 2026-11-21."),
        ("?from=0001-01-01", "Days lie between 1990 and 2199."),
        ("?to=0001-01-01", "Days lie between 1990 and 2199."),
        ("?to=9999-12-31", "Days lie between 1990 and 2199."),
        ("?from=2026-01-02&to=2026-01-01", "This is after the last day."),
        ("?product=elsewhere", "There is no product “elsewhere” here."),
        ("?severity=P9", "These are known: CRITICAL, HIGH, MEDIUM."),
        ("?process=other", "These are known: krow."),
        ("?product=a%00b", "This holds an invisible sign (U+0000)."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(desk: Client, query: str, words: str) -> None:
    said = told(desk, query, 422)
    assert (words in said, "How it is counted" in said) == (True, False)


def test_nothing_is_listed_or_saved_of_what_cannot_be(desk: Client) -> None:
    paths = ("/insights.csv?severity=P9", "/insights/incidents/?severity=P9&of=status")
    assert ["These are known" in desk.get(path).content.decode() for path in paths] == [True, True]
    assert {desk.get(path).status_code for path in paths} == {422}


def test_a_product_of_others_is_as_unknown_as_none(desk: Client, over: Incident) -> None:
    make_product(make_team("others"), name="Theirs", process="archy")
    assert "There is no product “theirs” here." in told(desk, "?product=theirs", 422)
    assert "P1" not in told(desk)


def test_an_empty_time_says_so_and_what_is_not_counted(over: Incident, desk: Client) -> None:
    assert "No incident was declared in these days" in told(desk, "?to=2020-01-31")
    Incident.objects.filter(pk=over.pk).update(mode="drill")
    said = told(desk)
    assert ("Nothing to count Not counted: Drill 1" in said, "Median" in said) == (True, False)


def test_what_is_no_figure_is_no_page(desk: Client) -> None:
    assert desk.get("/insights/incidents/?of=nothing").status_code == 404


def test_days_are_those_of_the_reader_else_of_their_team(desk: Client, ada: User, product: Product) -> None:
    product.team.time_zone = "Asia/Tokyo"
    product.team.save()
    assert "whole days in Asia/Tokyo" not in told(desk, "?to=2020-01-31")  # nothing is counted there
    assert script(ada).get("/insights")["zone"] == "Asia/Tokyo"
    User.objects.filter(pk=ada.pk).update(time_zone="Europe/Berlin")
    found = script(ada).get("/insights?from=2026-03-29&to=2026-03-29")
    assert (found["from"], found["to"]) == ("2026-03-29", "2026-03-29")
    assert (found["zone"], found["since"], found["until"]) == (
        "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z",
    )  # fmt: skip


def script(user: User, **narrow: Any) -> Script:
    from products.token_products import make_narrow_token

    return Script(make_narrow_token(user, by=user, name="t", scopes=["read"], **narrow)[1])


def test_a_script_reads_the_same(over: Incident, ada: User) -> None:
    found = script(ada).get("/insights?product=staff-mobile&severity=critical")
    group = found["groups"][0]
    resolved = next(one for one in group["times"] if one["key"] == "resolved")
    seconds = round((over.resolved_at - over.detected_at).total_seconds())  # type: ignore[operator]
    assert resolved == {
        "key": "resolved", "label": "Resolved", "n": 1, "median_s": None, "p85_s": None, "longest_s": seconds,
    }  # fmt: skip
    assert (found["n"], found["product"], found["severity"]) == (1, "staff-mobile", "CRITICAL")
    assert found["least"] == {"median": 5, "p85": 20, "percent": 5}
    kept = next(one for one in group["clocks"] if one["key"] == "acknowledged")
    assert (kept["n"], kept["met"], kept["percent"]) == (1, 1, None)


def test_a_script_hears_which_word_is_wrong(ada: User) -> None:
    answer = script(ada)("GET", "/insights?product=nope&severity=P9&from=x")
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["from", "product", "severity"]


def test_a_narrow_token_counts_its_products_alone(over: Incident, ada: User, product: Product) -> None:
    other = make_product(product.team, name="Archipelago", process="archy")
    narrow = script(ada, products=[other.slug])
    assert (narrow.get("/insights")["n"], script(ada).get("/insights")["n"]) == (0, 1)
    answer = narrow("GET", "/insights?product=staff-mobile")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "product")


def test_the_figures_are_a_table_for_a_spreadsheet(over: Incident, desk: Client) -> None:
    answer = desk.get("/insights.csv?from=2020-01-01")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        answer["Content-Disposition"]
        == f'attachment; filename="insights-2020-01-01-{moment.now():%Y-%m-%d}.csv"'
    )
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    kept = next(row for row in rows if (row["figure"], row["key"]) == ("clock", "acknowledged"))
    assert (kept["process"], kept["severity"], kept["n"], kept["met"], kept["percent"]) == (
        "krow", "CRITICAL", "1", "1", "",
    )  # fmt: skip
