"""Alembic's revisions: what `upgrade` does, and whether there is a `downgrade` that does anything."""

import ast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from hotfixes.preview import sql
from hotfixes.preview.judged import FINE, Judged, at_most_maybe, irreversible, maybe, worst
from hotfixes.preview.python_source import (
    Unreadable,
    argument,
    calls,
    is_false,
    name_of,
    parsed,
    texts,
)

_GONE = {
    "drop_table": lazy("it drops a table: %s"), "drop_column": lazy("it drops a column: %s"),
    "drop_all": lazy("it drops all tables: %s"),
}  # fmt: skip
_CHANGED = frozenset({"alter_column", "rename_table", "bulk_insert"})
_EXECUTES = frozenset({"execute", "exec_driver_sql"})


def is_revision(data: bytes) -> bool:
    """Any folder may hold them: what names its predecessor is one."""
    return b"down_revision" in data[:65_536]


def judge(data: bytes) -> Judged:
    try:
        tree = parsed(data)
    except Unreadable as problem:
        return maybe(_("it cannot be read as Python (%s)") % problem)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    upgrade, downgrade = functions.get("upgrade"), functions.get("downgrade")
    if upgrade is None:
        return maybe(_("it has no upgrade that could be read"))
    if not _does(upgrade):
        return FINE
    found = [_call(call) for call in calls(upgrade)]
    # What it calls may stand beside it; whether the way forward or the way back calls that, nobody looks.
    beside = [one for name, one in functions.items() if name not in ("upgrade", "downgrade")]
    found += [at_most_maybe(_call(call)) for one in beside for call in calls(one)]
    found += [
        maybe(_("it calls code that stands elsewhere: %s") % name[:60])
        for node in ast.walk(upgrade)
        if (name := _called(node)) and name not in functions
    ]
    if downgrade is None or not _does(downgrade):
        found.append(irreversible(_("its downgrade does nothing")))
    elif any(isinstance(node, ast.Raise) for node in ast.walk(downgrade)):
        found.append(irreversible(_("its downgrade refuses")))
    return worst(found)


def _does(function: ast.FunctionDef) -> bool:
    """Something else than `pass` and a docstring."""
    return any(
        not isinstance(node, ast.Pass)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in function.body
    )


def _called(node: ast.AST) -> str:
    """The plain name of what a line does and nothing else: `fill_totals()`."""
    call = node.value if isinstance(node, ast.Expr) else None
    return call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""


def _call(call: ast.Call) -> Judged:
    name = name_of(call)
    if name in _GONE:
        return irreversible(str(_GONE[name]) % _about(call))
    if name in _CHANGED:
        return maybe(
            _("it changes what is there: %(what)s %(about)s") % {"what": name, "about": _about(call)}
        )
    if name in _EXECUTES:
        return _execute(call)
    return _add_column(call) if name == "add_column" else FINE


def _execute(call: ast.Call) -> Judged:
    given = argument(call, 0, "sqltext")
    if isinstance(given, ast.Call) and name_of(given) == "text":
        given = argument(given, 0, "text")
    known = texts(given)
    return sql.judge(";".join(known)) if known is not None else maybe(_("it runs SQL that is made by code"))


def _add_column(call: ast.Call) -> Judged:
    """The version before cannot add rows to a column that it does not know and that must be filled."""
    for inner in calls(call):
        full = name_of(inner) == "Column" and is_false(argument(inner, 99, "nullable"))
        if full and argument(inner, 99, "server_default") is None:
            return maybe(_("it adds a column that must be filled: %s") % _about(call))
    return FINE


def _about(call: ast.Call) -> str:
    found = [one.value for one in call.args[:2] if isinstance(one, ast.Constant)]
    return ".".join(str(one) for one in found if isinstance(one, str))[:80]
