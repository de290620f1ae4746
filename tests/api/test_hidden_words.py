"""What somebody asked to redact is hidden in the API at once, wherever its words stand."""

from __future__ import annotations

from products.models import Product
from tests.api.conftest import Script


def test_a_correction_of_a_hidden_entry_is_hidden_with_it(product: Product, script: Script) -> None:
    script.post("/incidents", {"title": "Slow", "product": "staff-mobile"}, status=201)
    script.post("/incidents/INC-1/note", {"text": "The key is hunter2"})
    script.post("/incidents/INC-1/correct", {"seq": 2, "text": "The key was hunter2", "reason": "It is gone"})
    script.post("/incidents/INC-1/redact", {"seq": 2, "reason": "A password"})
    assert "hunter2" not in str(script.get("/incidents/INC-1/timeline"))


def test_a_correction_of_a_correction_of_a_correction_is_hidden_too(product: Product, script: Script) -> None:
    script.post("/incidents", {"title": "Slow", "product": "staff-mobile"}, status=201)
    script.post("/incidents/INC-1/note", {"text": "The key is hunter2"})
    for seq, words in ((2, "was"), (3, "were"), (4, "had been")):
        script.post(
            "/incidents/INC-1/correct", {"seq": seq, "text": f"The key {words} hunter2", "reason": "Tense"}
        )
    script.post("/incidents/INC-1/redact", {"seq": 2, "reason": "A password"})
    told = script.get("/incidents/INC-1/timeline")["items"]
    assert ("hunter2" in str(told), [one["seq"] for one in told if one["redacted"]]) == (False, [2, 3, 4, 5])
