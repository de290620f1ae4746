"""What other parts put on the incident page: in order, for whom it applies, and fetched again with the page."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from accounts.models import User
from incidents import panels
from incidents.models import Incident
from incidents.panels import Panel

pytestmark = pytest.mark.usefixtures("declared")


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_panels", {})


def _panel(
    key: str, order: int, *, applies: bool = True, text: str = "", segment: str = "steps", place: str = "main"
) -> Panel:
    return Panel(
        key,
        order,
        lambda incident, user: applies,
        lambda request, incident: text or f"<p>{key} of {incident.ref} for {request.user}</p>",
        segment,  # type: ignore[arg-type]
        place,  # type: ignore[arg-type]
    )


@pytest.fixture
def reader(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def test_panels_stand_in_order_and_only_where_they_apply(reader: Client, incident: Incident) -> None:
    panels.register(_panel("people", panels.PEOPLE, segment="people"))
    panels.register(_panel("decision", panels.DECISION))
    panels.register(_panel("elsewhere", panels.STEPS, applies=False))
    panels.register(_panel("empty", panels.STEPS, text=" \n"))
    html = reader.get(f"/incidents/{incident.ref}/").content.decode()
    assert re.findall(r'<section id="panel-(\w+)" data-segment="(\w+)">', html) == [
        ("decision", "steps"), ("people", "people"),
    ]  # fmt: skip
    assert f"<p>decision of {incident.ref} for Ada</p>" in html


def test_they_are_fetched_again_with_the_page(reader: Client, incident: Incident) -> None:
    panels.register(_panel("decision", panels.DECISION))
    html = reader.get(f"/incidents/{incident.ref}/fresh", headers={"HX-Request": "true"}).content.decode()
    assert '<hx-partial hx-target="#panels" hx-swap="outerMorph"><div id="panels" class="stack">' in html
    assert f"<p>decision of {incident.ref} for Ada</p>" in html


def test_without_panels_their_place_takes_no_room(reader: Client, incident: Incident) -> None:
    html = reader.get(f"/incidents/{incident.ref}/").content.decode()
    assert re.findall(r'<div id="(band|panels|aside|beside)"([^>]*)>\s*', html) == [
        ("band", ""), ("panels", ' class="stack" hidden'), ("aside", ' class="stack" hidden'),
        ("beside", ' class="stack" hidden'),
    ]  # fmt: skip


def test_each_stands_in_its_place(reader: Client, incident: Incident) -> None:
    panels.register(_panel("ruler", panels.RULER, place="band"))
    panels.register(_panel("told", panels.PEOPLE, segment="people", place="aside"))
    panels.register(_panel("owed", panels.PEOPLE, segment="people", place="beside"))
    html = reader.get(f"/incidents/{incident.ref}/").content.decode()
    # A band is for every part of the page on a phone.
    assert '<section id="panel-ruler">' in html.split('id="panels"')[0]
    assert '<section id="panel-told" data-segment="people">' in html.split('id="aside"')[1]
    assert '<section id="panel-owed" data-segment="people">' in html.split('id="beside"')[1]


def test_two_panels_of_one_key_stop_the_start() -> None:
    first = _panel("decision", panels.DECISION)
    panels.register(first)
    panels.register(first)
    with pytest.raises(ImproperlyConfigured):
        panels.register(_panel("decision", panels.STEPS))
