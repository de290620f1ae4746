"""A page's HTML, as a test may compare it."""

import re


def tight(html: str) -> str:
    """Without the white space beside tags: whether a template gives an element lines of its own shows nowhere."""
    return re.sub(r"\s*([<>])\s*", r"\1", html)


def in_one_line(html: str) -> str:
    """White space as a browser takes it: one blank for each run of it."""
    return " ".join(html.split())
