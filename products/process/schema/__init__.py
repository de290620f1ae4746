"""Schema version 1 of a process (docs/processes.md): a module for each group of sections.

What no section knows is refused. Every element carries `origin`: `source` (the team's written document says so, the
default) or `house` (a default of our own). A line of text may stand for an element with nothing else to say.
"""

from products.process.schema.base import one_of
from products.process.schema.document import ProcessDocument

__all__ = ["ProcessDocument", "one_of"]
