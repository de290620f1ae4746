"""A file in a body of the API: JSON like everything else, its bytes as base64."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

from foundation.blobs import LONGEST_NAME, taken
from foundation.shapes import Body, Plain


def _decodes(text: str) -> str:
    try:
        taken("", base64.b64decode(text, validate=True))
    except binascii.Error:
        raise ValueError("must be base64 without line breaks") from None
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None
    return text


class FileBody(Schema):
    """`base64`: its bytes, at most 10 MB of them. What kind of file it is, they say themselves."""

    model_config = ConfigDict(
        strict=True, extra="forbid", json_schema_extra={"examples": [{"name": "log.txt", "base64": "T0sK"}]}
    )

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), Plain]
    base64: Annotated[str, Field(min_length=1), AfterValidator(_decodes)]


class WithFile(Body):
    """`file`: one that shows it."""

    file: FileBody | None = None

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        if self.file:
            found["file"] = taken(self.file.name, base64.b64decode(self.file.base64))
        return found
