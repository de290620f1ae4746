"""A runbook in Markdown becomes the draft of a process: it loads, every guess is marked, nothing is dropped unsaid."""

from products.process import load
from products.process.document import read
from products.process.lint import lint_text
from products.process.markdown import from_markdown


def test_nothing_at_all_becomes_a_process_that_loads() -> None:
    guessed = from_markdown("", name="Empty.md")
    process = load(guessed.text.encode(), name="empty.yaml")
    assert (process.key, process.name) == ("empty", "Empty.md")
    assert [severity.key for severity in process.severities] == ["HIGH", "LOW"]
    assert guessed.guesses[0].said.startswith("no severities were found")


def test_each_guess_names_its_line_in_both_texts() -> None:
    text = "# Payments\n\n| Sev | Respond |\n|---|---|\n| SEV1 | 15 min |\n| SEV2 | 2 hours |\n"
    guessed = from_markdown(text, name="payments.md")
    lines = guessed.text.split("\n")
    (first, *_rest) = [guess for guess in guessed.guesses if guess.path == "severities[0]"]
    assert (first.source_line, lines[first.line - 1].strip()) == (5, "- key: SEV1")
    assert lines[first.line - 2].strip().startswith("# guess, line 5: a row of the table")
    assert read(guessed.text.encode(), name="x").root["severities"][1]["targets"] == {
        "response": {"within": "2 h"}
    }
    assert lint_text(guessed.text.encode(), name="x") != []
