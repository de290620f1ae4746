"""Loads a process document: reads the YAML, checks it against the schema and against itself."""

import difflib
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from products.process.cross_references import disagreements
from products.process.document import Document, read
from products.process.problems import Path, Problem, ProcessError
from products.process.schema import ProcessDocument

_EXPECTED = {
    "string_type": "expected text; put it in quotes if it looks like something else",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
    "list_type": "expected a list: lines that begin with `- `",
    "dict_type": "expected a mapping: lines such as `key: value`",
    "model_type": "expected a mapping: lines such as `key: value`",
    "string_too_short": "expected some text, it is empty",
    "timezone_aware": "expected a time zone with the time, such as +00:00",
}
_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "small letters, digits and _, beginning with a letter",
    r"^[a-z][a-z0-9-]*$": "small letters, digits and -, beginning with a letter",
    r"^[A-Za-z][A-Za-z0-9_-]*$": "letters, digits, _ and -, beginning with a letter",
    r"^[0-9a-f]{7,64}$": "a commit: 7 to 64 of the digits 0-9 and a-f",
    r"^[A-Z]\d{1,3}$": 'the code of a finding such as "C14"',
    r"^[^\r\n]*$": "a single line",
}


def load(text: bytes, *, name: str) -> ProcessDocument:
    """The process in `text`; `name` is what messages call the file.

    Raises ProcessError with every problem found: file, line, path and what was expected. Touches no database.
    """
    document = read(text, name=name)
    try:
        process = ProcessDocument.model_validate(document.root)
    except ValidationError as error:
        raise ProcessError([_problem(document, details) for details in error.errors()]) from None
    problems = [document.problem(path, message) for path, message in disagreements(process)]
    if problems:
        raise ProcessError(problems)
    return process


def _problem(document: Document, error: ErrorDetails) -> Problem:
    path: Path = tuple(error["loc"])
    return document.problem(path, told(error, path))


def told(error: ErrorDetails, path: Path) -> str:
    """What was expected at `path` of a document, in words for its author."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "is missing, and is needed here"
    if kind == "extra_forbidden":
        return _unknown_field(path)
    if kind == "string_pattern_mismatch":
        return (
            f"expected {_PATTERNS.get(context['pattern'], context['pattern'])}, not {_shown(error['input'])}"
        )
    if kind in {"enum", "literal_error"}:
        return f"expected {context['expected']}, not {_shown(error['input'])}"
    if kind == "value_error":
        return str(context["error"])
    said = _EXPECTED.get(kind) or error["msg"][:1].lower() + error["msg"][1:]
    return said if isinstance(error["input"], dict | list) else f"{said} (here: {_shown(error['input'])})"


def _unknown_field(path: Path) -> str:
    known = _fields(path[:-1])
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    return (
        f"is not known here; did you mean {near[0]!r}?"
        if near
        else f"is not known here; known: {', '.join(known)}"
    )


def _fields(path: Path) -> list[str]:
    """The names a mapping at `path` may have, as the file writes them."""
    kind: Any = ProcessDocument
    for part in path:
        field = next((f for n, f in kind.model_fields.items() if (f.alias or n) == part), None)
        kind = _model_in(field.annotation) if field else kind
    return [field.alias or name for name, field in kind.model_fields.items()]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
