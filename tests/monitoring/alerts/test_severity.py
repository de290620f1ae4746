"""How bad an alert is, where the tool's word is not the key of a severity."""

import pytest

from incidents.lifecycle.alert_severity import severity_of
from monitoring.models import Alert, AlertSource
from tests.factories import make_product


@pytest.mark.parametrize(
    ("word", "key"),
    [("p1", "P1"), ("High", "P1"), ("critical", "P0"), ("P2 Medium", "P2"), ("page", "P3"), ("sev", "")],
)
def test_a_word_is_a_key_a_label_or_how_loud_a_severity_is_drawn(db: None, word: str, key: str) -> None:
    product = make_product(process="archy")
    alert = Alert(severity=word, source=AlertSource(severities={"page": "p3"}, severity=""))
    found = severity_of(alert, list(product.severities()))
    assert (found.key if found else "") == key
