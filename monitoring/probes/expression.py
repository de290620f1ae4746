"""JMESPath written by people, over documents written by strangers: short, shallow, and with a budget of
work.

Without bounds `[@,@][]|[@,@][]|…` doubles a list at every step. What is made is charged by its size before
anything is made of it again, and the two operations that walk whole trees (comparing and printing
containers) are left out.
"""

from functools import lru_cache
from typing import Any

import jmespath
from django.utils.translation import gettext as _
from jmespath.ast import literal
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.visitor import TreeInterpreter

MAX_LENGTH = 300
MAX_DEPTH = 40
BUDGET = 500_000
_MAKES = frozenset(
    [
        "flatten",
        "slice",
        "projection",
        "filter_projection",
        "value_projection",
        "multi_select_list",
        "multi_select_dict",
    ]
)
_FAULTS = (JMESPathError, ArithmeticError, TypeError, ValueError, AttributeError, KeyError, RecursionError)


class BadExpression(ValueError):
    """The expression cannot be used on this document; the message is a sentence for people."""


class Work:
    """How many steps are left for one document, over all of its expressions."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.left = budget

    def charge(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise BadExpression(_("The mapping needs too much work on this document."))


@lru_cache(maxsize=1024)
def compiled(text: str) -> Any:
    """The expression's tree. Raises BadExpression."""
    if not text.strip():
        raise BadExpression(_("The expression is empty."))
    if len(text) > MAX_LENGTH:
        raise BadExpression(_("The expression is longer than %(count)s characters.") % {"count": MAX_LENGTH})
    try:
        tree: Any = jmespath.compile(text).parsed
    except _FAULTS as error:
        words = {"text": text, "words": _words(error)}
        raise BadExpression(_("“%(text)s” is not a JMESPath expression: %(words)s") % words) from None
    level = [tree]
    for _depth in range(MAX_DEPTH):
        for node in level:
            if node["type"] == "function_expression" and node["value"] not in Functions.FUNCTION_TABLE:
                raise BadExpression(_("There is no function “%(name)s”.") % {"name": node["value"]})
        level = [child for node in level for child in node["children"] if isinstance(child, dict)]
        if not level:
            return tree
    raise BadExpression(_("The expression is nested too deep."))


def search(text: str, value: object, work: Work) -> Any:
    """What the expression finds in `value`, None if nothing. Raises BadExpression."""
    tree = compiled(text)
    try:
        return _Bounded(work).visit(tree, value)
    except BadExpression:
        raise
    except _FAULTS as error:
        words = {"text": text, "words": _words(error)}
        raise BadExpression(_("“%(text)s” does not fit this document: %(words)s") % words) from None


class _Bounded(TreeInterpreter):
    """jmespath's own interpreter, paying for each step. Nodes are its parser's dicts."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.work = work
        self.functions = Functions()

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self.work.charge(1)
        found = super().visit(node, *args, **kwargs)
        if found and node["type"] in _MAKES:
            self.work.charge(len(found))
        return found

    def visit_comparator(self, node: Any, value: Any) -> Any:
        left, right = (self.visit(child, value) for child in node["children"])
        if isinstance(left, list | dict) and isinstance(right, list | dict):
            raise BadExpression(_("Lists and objects cannot be compared with each other."))
        seen: Any = {**node, "children": [literal(left), literal(right)]}
        return super().visit_comparator(seen, value)

    def visit_function_expression(self, node: Any, value: Any) -> Any:
        name, given = node["value"], [self.visit(child, value) for child in node["children"]]
        self.work.charge(sum(map(_size, given)))
        if name == "join" and len(given) == 2 and isinstance(given[0], str) and isinstance(given[1], list):
            self.work.charge(len(given[0]) * len(given[1]) // 100)
        if name in ("to_string", "contains") and given and isinstance(given[-1], list | dict):
            raise BadExpression(_("Lists and objects cannot be printed or searched for."))
        return self.functions.call_function(name, given)


def _words(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _size(value: object) -> int:
    """What a function may have to walk over: a list's items and their text, an object's fields, a text's
    characters in hundreds.
    """
    if isinstance(value, list):
        return len(value) + sum(len(item) for item in value if isinstance(item, str)) // 100
    if isinstance(value, str):
        return len(value) // 100
    return len(value) if isinstance(value, dict) else 1
