"""What came back from an address that people typed. Apart from `http.py`: who only judges an answer needs no client."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `status` 0 with `error` (a code of network.exchange.ERRORS) and its sentence, or an answer.

    Both, where the answer broke off after its head: `status` holds, and `body` is what came of it.
    `gave`: what was sent had left, so that the other side may have it, whatever came back.
    `rest_s`: how long the other side asks us to wait (Retry-After), in seconds; 0 where it says nothing.
    """

    status: int = 0
    body: bytes = b""
    error: str = ""
    detail: str = ""
    rest_s: float = 0
    gave: bool = False
