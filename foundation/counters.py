"""Django numbers the fields and managers it makes by an attribute of their class. Each number changes the class, so
CPython forgets what it had found out of it and of every class below; after a thousand it never tries again, and each
attribute of a field or manager is looked up the long way (python/cpython issue 156339). A query makes some of both, so
a process is there within a minute: building a query took an eighth longer. The numbers stay as they are, elsewhere.
"""

from itertools import count
from typing import Any

from django.db.models import fields
from django.db.models.manager import BaseManager

_IN_FIELDS = "_nightdesk_counters"


class _Counters:
    """What Field.__init__ counts on: attributes of nothing that has classes below."""

    creation_counter = fields.Field.creation_counter
    auto_creation_counter = fields.Field.auto_creation_counter


_managers = count(BaseManager.creation_counter)


def _number(manager: "BaseManager[Any]") -> None:
    manager.creation_counter = next(_managers)


def install() -> None:
    """Before models are made. The method keeps its text; only the name that it counts on is another."""
    setattr(fields, _IN_FIELDS, _Counters())
    code = fields.Field.__init__.__code__
    names = tuple(_IN_FIELDS if name == "Field" else name for name in code.co_names)
    fields.Field.__init__.__code__ = code.replace(co_names=names)
    setattr(BaseManager, "_set_creation_counter", _number)  # noqa: B010 - unknown to its types
