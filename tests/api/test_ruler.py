"""`GET /incidents/{ref}/ruler` says what the page says (K78–K86)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.test import Client

from accounts.models import User
from products.models import Product
from tests.api.conftest import Script


def test_the_ruler_in_the_words_of_the_page(product: Product, script: Script, ada: User) -> None:
    began = datetime.now(UTC) - timedelta(hours=5)
    declared = {
        "title": "Slow", "product": "staff-mobile", "severity": "critical", "mode": "retrospective",
        "detected_at": began.isoformat(),
    }  # fmt: skip
    script.post("/incidents", declared, status=201)
    for kind, minutes in (("hotfix_started", 4), ("fix_pushed", 15), ("merged", 41)):
        at = (began + timedelta(minutes=minutes)).isoformat()
        script.post("/incidents/INC-1/report", {"kind": kind, "at": at})
    shown = script.get("/incidents/INC-1/ruler")
    by_label = {mark["label"]: mark for mark in shown["marks"]}
    assert {
        name: (by_label[name]["offset"], by_label[name]["text"]) for name in ("Fix in place", "Merged")
    } == {
        "Fix in place": ("T+15 min", "on time"),
        "Merged": ("T+30 min", "11 min late"),
    }
    assert shown["total"]["band"] == "2–4 h"
    client = Client()
    client.force_login(ada)
    page = client.get("/incidents/INC-1/").content.decode()
    assert by_label["Merged"]["text"] in page
    assert shown["text"].split(".")[0] in page
