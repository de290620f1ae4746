"""A page, as somebody has it in front of them."""

import re

from django.test import Client


def tight(html: str) -> str:
    """Without the white space beside tags: whether a template gives an element lines of its own shows nowhere."""
    return re.sub(r"\s*([<>])\s*", r"\1", html)


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()
