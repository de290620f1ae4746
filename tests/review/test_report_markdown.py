"""The report as Markdown: whatever people typed, a reader sees our headings and our lists, nothing broken."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.models import Incident
from review import answers
from review.action_items import add_action
from review.tame import inline, link, quote, tame
from tests.depth import times
from tests.review.conftest import DAY, reader


def _any_link(url: str) -> bool:
    """Other readers make links of what this one would not."""
    return True


READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
READER.validateLink = _any_link  # type: ignore[method-assign]
HOSTILE = (
    "# Heading", "## Two\n\nText", "Under\n=====", "Under\n---", "<script>alert(1)</script>", "<!-- never closed",
    "```\nnever closed", "~~~~\nnever", "![pixel](https://evil.example.test/x.png)", "[x]: https://evil.example.test",
    "- # in a list", "> # quoted", "</div></li>", "| a | b |\n|---|---|\n| 1 | 2 |", "***", "\\", "`", "``` `",
    "[a\nb]: /x", "[click](javascript:alert(1))",
    "[click](&#106;avascript:alert(1))", "[x](data:text/html,y)", "<javascript:alert(1)>", "[x](\nvbscript:y)",
    "[x]( <file:///etc/passwd>)", "[x](//evil.example.test)", "`[x](` [y](javascript:z)",
    "&lt;b&gt; &#35; x", "a\u2028# b", "a\r# b", "1. # x", "<b\n>x</b>",
    "    <pre>", "\t# tab", "- a\n\n      # deep", "[^1]: note", "<https://evil.example.test>", "<?php ?>", "<![CDATA[",
    "a  \n# b", "> a\n# b", "* [x]: /y", "\x85# next", "[x]\n: y", "+ ```\n+ # x",
)  # fmt: skip


def kinds(text: str) -> list[Token]:
    def walk(tokens: list[Token]) -> list[Token]:
        return [one for token in tokens for one in (token, *walk(token.children or []))]

    return walk(READER.parse(text))


def outline(text: str) -> list[str]:
    tokens = READER.parse(text)
    return [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_quotation_stays_one_quotation(text: str) -> None:
    written = f"## Before\n\n{quote(text)}\n\n## After\n"
    found = kinds(written)
    assert outline(written) == ["Before", "After"]
    assert sum(one.type == "blockquote_open" and one.level == 0 for one in found) == 1
    assert not {one.type for one in found} & {"html_block", "html_inline", "image"}
    led = [str(one.attrs["href"]) for one in found if one.type == "link_open"]
    assert [one for one in led if not one.lower().startswith(("http://", "https://", "mailto:"))] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_stays_a_line(text: str) -> None:
    for frame in ("# {}", "- **{}**", "- [ ] {} (x)", "| a | {} |\n|---|---|\n"):
        lines = frame.format(inline(text))
        found = kinds(lines)
        assert not {one.type for one in found} & {
            "html_block",
            "html_inline",
            "image",
            "link_open",
            "fence",
        }, frame
        assert sum(one.type in ("heading_open", "list_item_open", "table_open") for one in found) == 1, frame


@settings(max_examples=times(400), deadline=None)
@given(st.text(alphabet=st.sampled_from("#=-*_`~<>![]():|\\&;/ \n\tab1.x\u2028"), max_size=60))
@example("<!-- x\n\n--> # y")
def test_nothing_that_can_be_typed_leaves_its_quotation(text: str) -> None:
    test_a_quotation_stays_one_quotation(text)
    test_a_line_stays_a_line("x" + text)


def test_what_is_harmless_stays_as_it_was_typed() -> None:
    text = "It was **null**: see [the log](https://log.example.test).\n\n- one\n- two\n\n```\nif a < b:\n    # ok\n```"
    assert tame(text) == text


def test_only_addresses_of_the_web_are_links() -> None:
    assert link("x", "javascript:alert(1)") == "x"
    assert link("x", "https://a.test/) [y](z> b") == "[x](<https://a.test/)%20[y](z%3E%20b>)"


def test_a_hostile_title_note_and_answer_break_nothing(over: Incident, ada: User) -> None:
    transitions.describe(
        over, by=ada, title="# <b>Bold</b> | ![x](y) `code", impact="# Not a heading\n<script>"
    )
    transitions.note(over, by=ada, text="```\n# never closed\n<!--")
    answers.answer(over, "root_cause", by=ada, text="[x]: https://evil.test\n\n# Ours now\n\nUnder\n---")
    add_action(over, by=ada, text="| x | [y](z)", kind="test", owner=ada, due=moment.now().date() + DAY)
    answer = reader(ada).get(f"/incidents/{over.ref}/postmortem.md")
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert outline(text)[1:] == [
        "Key times", "What people say", "What was the root cause?", "Why was it not caught before?",
        "What testing was missed?", "Decision", "Timeline", "Clocks", "Plan and reality", "Checklist",
        f"{over.hotfixes.get().ref} {over.product.name}", "Messages of the process",
        "Who was told", "Roles", "Action items", "Does the process have to change?",
        "Agenda", "To share",
    ]  # fmt: skip
    assert not {one.type for one in kinds(text)} & {"html_block", "html_inline", "image"}
    assert f"# Postmortem {over.ref}: " in text


def test_it_is_downloaded_as_a_file(over: Incident, ada: User) -> None:
    answer = reader(ada).get(f"/incidents/{over.ref}/postmortem.md?download")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{over.ref}-postmortem.md"'
