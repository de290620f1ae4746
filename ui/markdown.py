"""Markdown of people into HTML that can do no harm: no raw HTML, pictures, forms or classes; harmless links.

Two fences: markdown-it with `html` off makes tags of nothing that was typed; nh3 then keeps only what is on the list
below, so that a fault in one of them is not enough. Pictures are left out because they tell a stranger who reads what.
"""

import re

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "tbody", "td", "th", "thead",
    "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow"

_HEADING, _HEADING_END = re.compile("<h[1-6]>"), re.compile("</h[1-6]>")
_markdown = MarkdownIt(
    "commonmark", {"html": False, "linkify": False, "breaks": True, "maxNesting": 20}
).enable(["table", "strikethrough"])
_markdown.disable("image")


def to_html(text: str) -> SafeString:
    """The HTML of `text`. A heading becomes a strong line, so that a note cannot break the page's outline."""
    html = _HEADING_END.sub("</strong></p>", _HEADING.sub("<p><strong>", _markdown.render(text)))
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=REL)
    return mark_safe(clean)  # noqa: S308
