"""What a process document is: how its text is read, checked against the schema and judged. Touches no database.

`load` is the way in. `lint/` says what is questionable, `markdown/` guesses a document from a runbook.
"""

from products.process.loading import load
from products.process.problems import Problem, ProcessError
from products.process.schema import ProcessDocument

__all__ = ["Problem", "ProcessDocument", "ProcessError", "load"]
