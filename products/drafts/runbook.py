"""A runbook in Markdown as the beginning of a draft: the text of a process and what was guessed for it."""

import re
from pathlib import PurePath
from typing import Any

from products.drafts.examined import with_key
from products.process.markdown import from_markdown

# A runbook may be longer than the process it becomes.
MAX_BYTES = 1_000_000
_IS_PROCESS = re.compile(r"(?m)^\ufeff?schema:[ \t]*1\b")


def from_runbook(text: str, *, file: str = "", key: str = "") -> tuple[str, list[dict[str, Any]]]:
    """(the YAML, its guesses as ProcessDraft.guesses has them); `key` is what the process is called in addresses."""
    guessed = from_markdown(text, name=PurePath(file).stem or key or "Runbook")
    guesses = [
        {
            "line": guess.line,
            "path": guess.path,
            "said": guess.said,
            "source_line": guess.source_line,
            "seen_by": None,
        }
        for guess in guessed.guesses
    ]
    return with_key(guessed.text, key) if key else guessed.text, guesses


def is_runbook(text: str, *, file: str) -> bool:
    """Whether it is Markdown rather than a process document: by the name of the file, else by what is in it."""
    name = file.lower()
    if name.endswith((".md", ".markdown")):
        return True
    return not name.endswith((".yaml", ".yml")) and not _IS_PROCESS.search(text)
