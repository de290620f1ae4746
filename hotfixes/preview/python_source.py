"""Python that nobody trusts, as a syntax tree: parsed, never run, never imported."""

import ast
from collections.abc import Iterator

MAX_CHARACTERS = 256 * 1024


class Unreadable(ValueError):
    """This is no Python that can be parsed here."""


def parsed(data: bytes) -> ast.Module:
    """Raises Unreadable: for syntax errors, null bytes, nesting without end, and what is too big."""
    if len(data) > MAX_CHARACTERS:
        raise Unreadable("too big")
    try:
        return ast.parse(data.decode("utf-8-sig"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        raise Unreadable(type(problem).__name__) from None


def calls(tree: ast.AST, *, leaving_out: frozenset[str] = frozenset()) -> Iterator[ast.Call]:
    """Every call, however deep; not what stands in a keyword of `leaving_out`."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call):
            yield node
        if isinstance(node, ast.keyword) and node.arg in leaving_out:
            continue
        todo.extend(reversed(list(ast.iter_child_nodes(node))))


def name_of(call: ast.Call) -> str:
    """`migrations.RunSQL(…)` → RunSQL; "" for what has no name."""
    return last_name(call.func)


def last_name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """By position or keyword; None when it is not given, or only by `*` and `**`."""
    found = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    if found is not None:
        return found
    if position < len(call.args) and not any(isinstance(one, ast.Starred) for one in call.args):
        return call.args[position]
    return None


def texts(node: ast.AST | None) -> list[str] | None:
    """The text of a literal, or of each in a list of them; None for what only running would tell."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else None
    if isinstance(node, ast.List | ast.Tuple):
        found: list[str] = []
        for one in node.elts:
            # RunSQL takes (sql, parameters) as well.
            first = one.elts[0] if isinstance(one, ast.Tuple) and one.elts else one
            inner = texts(first)
            if inner is None:
                return None
            found += inner
        return found
    return None


def is_true(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def is_false(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def is_none(node: ast.AST | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
