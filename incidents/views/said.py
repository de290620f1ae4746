"""What the page of a one-tap link says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """What the page says: a title, a sentence, and the status it goes with. `loud`: it went wrong, and the person must
    do something. `take`: the token of an Acknowledge that they may still tap. `path`: where it goes on, as `ref`."""

    title: str
    text: str
    status: int = 200
    loud: bool = False
    take: str = ""
    path: str = ""
    ref: str = ""
