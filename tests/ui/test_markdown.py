"""What people write becomes harmless HTML, whatever they write."""

import pytest

from ui.markdown import to_html

REL = 'rel="noopener noreferrer nofollow"'


def test_plain_words_links_lists_and_code_are_shown() -> None:
    assert to_html("**Down** since [02:00](https://example.test/a?b=1&c=2)") == (
        f'<p><strong>Down</strong> since <a href="https://example.test/a?b=1&amp;c=2" {REL}>02:00</a></p>\n'
    )
    assert to_html("- a\n- b") == "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
    assert to_html("`<b>`") == "<p><code>&lt;b&gt;</code></p>\n"
    assert to_html("one\ntwo") == "<p>one<br>\ntwo</p>\n"


def test_a_heading_becomes_a_strong_line_so_that_the_outline_of_the_page_stays() -> None:
    assert to_html("# Big") == "<p><strong>Big</strong></p>\n"
    assert to_html("Big\n===") == "<p><strong>Big</strong></p>\n"


def test_an_address_that_is_not_marked_as_a_link_stays_text() -> None:
    assert to_html("see https://example.test") == "<p>see https://example.test</p>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<svg onload=alert(1)>",
        "<form action=/accounts/logout/ method=post><button>x</button></form>",
        '<div hx-get="/x" hx-trigger="load">x</div>',
        '<div data-hx-get="/x" data-hx-trigger="load">x</div>',
        '<hx-partial hx-target="body">x</hx-partial>',
        "<style>body{display:none}</style>",
        '<p style="position:fixed;inset:0" class="bar">x</p>',
        "<iframe src=//example.test></iframe>",
        "<base href=//example.test>",
        "<meta http-equiv=refresh content=0>",
        "<!--><script>alert(1)</script>-->",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    ],
)
def test_html_that_was_typed_is_shown_as_text(attack: str) -> None:
    """`<` never begins a tag of theirs: what is left are our paragraph and line-break tags."""
    html = str(to_html(attack))
    for ours in ("<p>", "</p>", "<br>", "<em>", "</em>"):
        html = html.replace(ours, "")
    assert "<" not in html


@pytest.mark.parametrize(
    "attack",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](file:///etc/passwd)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_an_address_that_could_do_something_is_no_link(attack: str) -> None:
    assert "href" not in to_html(attack)


@pytest.mark.parametrize(
    "attack", ["![x](https://example.test/pixel.png)", "![x][y]\n\n[y]: https://example.test/p.png"]
)
def test_a_picture_is_never_fetched(attack: str) -> None:
    assert "<img" not in to_html(attack)
    assert "src" not in to_html(attack)


def test_a_title_cannot_break_out_of_its_attribute() -> None:
    html = to_html("[x](https://example.test '\" onmouseover=alert(1) x=\"')")
    assert html == (
        f'<p><a href="https://example.test" title="&quot; onmouseover=alert(1) x=&quot;" {REL}>x</a></p>\n'
    )


def test_deep_nesting_ends_and_costs_little() -> None:
    assert to_html(">" * 5000 + "x").count("<blockquote>") <= 20
    assert to_html("[" * 5000).startswith("<p>[")
