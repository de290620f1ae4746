"""What others take, written down by us as JSON Schemas from what they publish; judged by a validator of others."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs


def faults(name: str, message: Any) -> list[str]:
    """What is wrong with `message`, in the validator's words; empty when nothing is."""
    schema = json.loads((Path(__file__).parent / f"{name}.json").read_text())
    return [str(error) for error in jsonschema_rs.validator_for(schema).iter_errors(message)]
