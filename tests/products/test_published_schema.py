"""The published JSON Schema says what the loader takes."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.conf import settings

from accounts.models import User
from products.process import ProcessError, load
from products.process.document import read
from products.process.schema import published
from products.sources.shipped import FOLDER
from tests.products.conftest import signed_in
from tests.products.documents import GOOD, damaged

SCHEMA = jsonschema_rs.validator_for(published.json_schema())


def value(text: bytes) -> dict[str, Any]:
    return read(text, name="shop.yaml").root


def test_the_file_in_the_documentation_is_the_schema() -> None:
    """`./run process schema > docs/process.schema.json` makes it anew."""
    assert Path(settings.BASE_DIR, "docs/process.schema.json").read_text() == published.text()


@pytest.mark.parametrize("name", ["archy", "krow"])
def test_both_shipped_documents_have_its_shape(name: str) -> None:
    assert SCHEMA.is_valid(value((FOLDER / f"{name}.yaml").read_bytes()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema: 1", "schema: 2"),
        ("mark: critical", "mark: red"),
        ("rank: 1", "rank: 0"),
        ("name: Shop process", "name: 5"),
        ("severities:", "severties:"),
        ("kind: commitment", "kind: promise"),
    ],
)
def test_what_the_loader_refuses_for_its_shape_it_refuses_too(old: str, new: str) -> None:
    text = damaged(old, new)
    with pytest.raises(ProcessError):
        load(text, name="shop.yaml")
    assert not SCHEMA.is_valid(value(text))
    assert SCHEMA.is_valid(value(GOOD.encode()))


@pytest.mark.django_db
def test_it_is_served(viewer: User, shipped: None) -> None:
    answer = signed_in(viewer).get("/processes/schema.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/schema+json")
    assert json.loads(answer.content)["title"] == "Nightdesk process, schema version 1"
