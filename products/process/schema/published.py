"""The shape of a process for other programs: JSON Schema, draft 2020-12."""

import json
from typing import Any

from products.process.schema.document import ProcessDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Of the YAML read as JSON. It knows shapes, not what sections demand of each other; `process check` knows both."""
    schema = ProcessDocument.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, **schema, "title": "Nightdesk process, schema version 1"}


def text() -> str:
    """As it is published in docs/process.schema.json and at /processes/schema.json."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
