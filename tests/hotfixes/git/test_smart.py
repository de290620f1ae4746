"""Git's own trace of an HTTP conversation, cut anywhere."""

import pytest

from hotfixes.git.smart import ADVERTISEMENT, Conversation
from hotfixes.git.trouble import GitError

RESULT = b"application/x-git-upload-pack-result"


def traced(*kinds: bytes) -> bytes:
    """What git writes of one good answer after the other, each of its kind."""
    lines = [
        b"23:35:06.000001 http.c:845 <= Recv header: " + header
        for kind in kinds
        for header in (b"HTTP/1.1 200 OK", b"Content-Type: " + kind, b"")
    ]
    return b"\n".join([*lines, b""])


def hear(conversation: Conversation, text: bytes, size: int) -> None:
    for at in range(0, len(text), size):
        conversation.hear(text[at : at + size])


@pytest.mark.parametrize("size", [1, 7, 60, 10_000])
def test_what_git_asks_next_is_no_second_advertisement(size: int) -> None:
    """Also where a late reader gets both answers in one piece."""
    heard: list[bytes] = []
    conversation, text = Conversation(heard.append), traced(ADVERTISEMENT, RESULT)
    hear(conversation, text, size)
    conversation.check()
    assert b"".join(heard) == text


@pytest.mark.parametrize("size", [1, 10_000])
def test_an_answer_of_another_kind_ends_it(size: int) -> None:
    conversation, text = Conversation(lambda piece: None), traced(b"text/html")
    with pytest.raises(GitError, match="it sends text/html"):
        hear(conversation, text, size)
