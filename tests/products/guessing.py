"""What tests of the Markdown import ask of a guessed process."""

from products.process import ProcessDocument, load
from products.process.lint import lint_text
from products.process.markdown import Guessed, from_markdown


def guessed(text: str) -> tuple[ProcessDocument, Guessed]:
    found = from_markdown(text, name="Runbook.md")
    lint_text(found.text.encode(), name="x")
    return load(found.text.encode(), name="runbook.yaml"), found


def times(process: ProcessDocument, clock: str = "response") -> list[tuple[str, str]]:
    return [
        (one.key, one.targets[clock].target().text()) for one in process.severities if clock in one.targets
    ]


def clocks(process: ProcessDocument) -> dict[str, str | None]:
    return {one.key: one.target.within for one in process.clocks if one.target}
