"""Reports by script: read, answered, planned, reviewed; action items; insights. As the person of the token."""

from review.api import insights, listing, reading, writing  # noqa: F401 (they add their operations)
from review.api.router import router

__all__ = ["router"]
