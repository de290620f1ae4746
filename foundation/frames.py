"""Room for Python's frames.

CPython keeps the frames of a thread in pieces of 16 KB, and gives a piece back to the kernel when the first frame in
it returns. A page is built some hundred calls deep, so each call at a piece's border maps memory and unmaps it again:
a thousand times a page, a tenth of its CPU. A frame that says it may need half a megabyte makes CPython take a piece
of one, and what is called from it finds room in the rest. Memory that nothing touches costs nothing.
"""

from collections.abc import Callable

# In words. CPython doubles 16 KB until the frame fits: 1 MiB, of which 460 KB are left for what it calls.
_ROOM = 70_000


def roomy[**P, R](call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """What `call` returns or raises; in it no call maps memory, unless it goes some two thousand calls deep."""
    return call(*args, **kwargs)


roomy.__code__ = roomy.__code__.replace(co_stacksize=_ROOM)
