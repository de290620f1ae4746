"""A small good document for tests to damage: each line is known, so that errors can be checked by line."""

import html

GOOD = """\
schema: 1
key: shop
name: Shop process
severities:
  - key: SEV1
    label: Severity 1
    mark: critical
    rank: 1
    examples: [Checkout down]
    targets:
      response: {within: 30 min}
    proceed: immediately
  - key: SEV2
    label: Severity 2
    mark: low
    rank: 3
    targets:
      response: {milestone: next release}
    proceed: defer
    defer_to: next release
clocks:
  - key: response
    label: Response
    kind: commitment
    from: detected_at
    to: [mitigated, resolved]
"""
# With a severity whose rank is no number.
BROKEN = GOOD.replace("rank: 1\n", "rank: nine\n", 1)


def damaged(old: str, new: str) -> bytes:
    """GOOD with the first `old` replaced."""
    assert old in GOOD
    return GOOD.replace(old, new, 1).encode()


def as_sent(text: str) -> str:
    """What a browser makes of the text of a field."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def field(page: str) -> str:
    """What stands in the text field, as a browser reads it: without the line break that follows the tag."""
    return html.unescape(page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0]).removeprefix(
        "\n"
    )
