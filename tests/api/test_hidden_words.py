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
