"""Any text below a megabyte becomes a process that loads: quickly, without an error, and no word becomes structure."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from products.process import load
from products.process.document import read
from products.process.lint import lint_text
from products.process.markdown import Guessed, from_markdown
from tests.depth import times
from tests.products.test_markdown_rows import FOLDER

MEGABYTE = 1_000_000
PIECES = (
    "# ", "## Severity\n", "### Step 1: ", "## Rollback\n", "## Roles\n", "## Contacts\n", "## Messages\n",
    "## Timeline\n", "## Postmortem\n", "## Checklist\n", "| Sev | Response |\n|---|---|\n",
    "| SEV1 | 15 min |\n", "| P2 | next release |\n", "- [ ] ", "- ", "1. ", "> ", "```\n",
    "`git push origin x`", "\n", "\n\n", "    ", "T+15: ", "within 15 minutes ",
    "Incident Commander: decides ", "#channel", "{", "}", "{{", "[x]", "<version>", "$VERSION", ": ", " #",
    "'", '"', "\\", "&a", "*b", "!!python", "---\n", "...\n", "\u2028", "\x85", "\x00", "\x1b[31m",
    "\u202e", "\ufeff", "😀", "null", "true", "git checkout -b hotfix/a-v1.0.1 a/v1.0.0\n",
    "99999999999999 hours", "v1.1",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=60).map("".join),
)


def whole(text: str) -> Guessed:
    """What must hold of any text: it loads, it lints, each guess names a line that is there."""
    found = from_markdown(text, name="Hostile.md")
    process = load(found.text.encode(), name="hostile.yaml")
    lint_text(found.text.encode(), name="hostile.yaml")
    last = found.text.count("\n")
    assert process.key == "hostile"
    assert all(1 <= guess.line <= last and guess.said for guess in found.guesses)
    return found


@settings(max_examples=times(40, deep=400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_any_text_becomes_a_process_that_loads(text: str) -> None:
    whole(text)


@settings(max_examples=times(10, deep=100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_runbook_still_becomes_a_process(data: st.DataObject) -> None:
    text = (FOLDER / data.draw(st.sampled_from(["table.md", "pasted.txt", "marked.md"]))).read_text()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 200)))
        text = text[:start] + data.draw(st.one_of(st.sampled_from(PIECES), st.text(max_size=20))) + text[end:]
    whole(text)


INJECTIONS = [
    "a\nseverities: []",
    "x: {y: [",
    "# comment",
    "'\n- key: evil",
    '"\n...\n---\nschema: 2',
    "&a [*a, *a]",
    "!!python/object/apply:os.system ['id']",
    "a\u2028key: evil",
    "a\x85key: evil",
    "|\n  block",
    "%YAML 1.1",
    "{issue} {{ {nonsense} }",
]


@pytest.mark.parametrize("evil", INJECTIONS)
def test_no_text_becomes_structure(evil: str) -> None:
    """In a title, a list, a table, a box, a command, a message, a remark of what was not used."""
    plain = "Harmless"
    shape = (
        "# T\n\n## Severity\n\n| Sev | Response | Examples |\n|---|---|---|\n"
        "| S1 | 1 h | {0} |\n| S2 | 2 h | b |\n\n"
        "## Steps\n\n1. {0}\n2. Mend: `git push {0}`\n\n## Checklist\n\n- [ ] {0}\n\n"
        "## Messages\n\n> {0}\n\n## Our cat\n\n{0}\n"
    )
    tree = read(whole(shape.replace("{0}", plain)).text.encode(), name="x").root
    if not any(ending in evil for ending in ("\u2028", "\x85", "|")):  # those end a line, or a cell
        found = read(whole(shape.replace("{0}", evil.replace("\n", " "))).text.encode(), name="x").root
        assert list(found) == list(tree)
        assert [sorted(one) for one in found["severities"]] == [sorted(one) for one in tree["severities"]]
    # The same with its line ends, where Markdown may see other lines, but never other sections.
    broken = read(whole(shape.replace("{0}", evil)).text.encode(), name="x").root
    assert broken["schema"] == 1
    assert broken["key"] == "hostile"
    assert "evil" not in broken


BIG = {
    "prose": "A word and another one.\n\n",
    "one line": "word ",
    "list": "- [ ] a box\n",
    "nested": "  - ",
    "quotes": "> ",
    "table": "| SEV1 | 15 min |\n",
    "tables": "| Sev | Response |\n|---|---|\n| SEV1 | 1 h |\n| SEV2 | 2 h |\n\n",
    "headings": "## Step 1: look\n\ntext\n\n",
    "fences": "```\ngit push origin main\n```\n",
    "open quote": "git commit -m 'x\n",
    "brackets": "[" * 50 + "\n",
    "stars": "*a_ " * 10 + "\n",
    "spaces": " " * 100 + "x\n",
    "digits": "1" * 60 + " hours within\n",
    "marks": "T+15: deployed and approved and merged\n",
    "roles": "- Incident Commander Manager Owner Lead Engineer: decides\n",
    "letters": "a" * 1000 + "\n",
    "holes": "git push <" + "x" * 30 + "> [" + "y" * 30 + "] ${Z}\n",
    "bullets": "  • copied from a page\n",
    "colons": "Word:\n\n",
    "dashes": "-" * 80 + "\n",
    "nothing": "\n",
}


@pytest.mark.parametrize("kind", BIG)
def test_a_megabyte_is_read_quickly(kind: str) -> None:
    """Within seconds of this process's own time, whatever it is made of: what grows by the square takes minutes."""
    piece = BIG[kind]
    text = "# Big\n\n## Process\n\n" + piece * (MEGABYTE // len(piece))
    began = time.process_time()
    found = from_markdown(text[:MEGABYTE], name="Big.md")
    assert time.process_time() - began < 5
    load(found.text.encode(), name="big.yaml")


def test_what_is_too_long_to_be_read_is_said() -> None:
    text = "# Big\n\n" + "A line of prose.\n" * 60_000
    found = from_markdown(text, name="Big.md")
    assert [guess.said for guess in found.guesses][-1] == "Lines 4001 to 60003: too long to be read."


def test_many_of_everything_stays_within_what_a_process_may_have() -> None:
    long = "x" * 300
    text = "# Many\n\n## Process\n\n" + "".join(
        f"### Step {n}: {long}\n\n{long}\n\n```sh\n./run.sh {long}\n```\n\n" for n in range(90)
    )
    text += "## Checklist\n\n" + "".join(f"- [ ] box {n}\n" for n in range(90))
    found = whole(text)
    process = load(found.text.encode(), name="many.yaml")
    assert process.checklist is not None
    assert (len(process.steps), len(process.checklist.items)) == (40, 60)
    said = [guess.said for guess in found.guesses if not guess.path]
    assert "Left out, because at most 60 boxes fit: box 89" in said
    assert sum(words.startswith("Left out, because at most 40 fit in steps") for words in said) == 50
