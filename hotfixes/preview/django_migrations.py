"""Django's migrations: the operations of class Migration, by their names and arguments."""

import ast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from hotfixes.preview import sql
from hotfixes.preview.judged import FINE, Judged, irreversible, maybe, worst
from hotfixes.preview.python_source import (
    Unreadable,
    argument,
    calls,
    is_none,
    is_true,
    last_name,
    name_of,
    parsed,
    texts,
)

_GONE = {"DeleteModel": lazy("it deletes a table: %s"), "RemoveField": lazy("it drops a column: %s")}
_CHANGED = frozenset({"RenameField", "RenameModel", "RenameIndex", "AlterField", "AlterModelTable",
                      "AlterUniqueTogether", "AlterIndexTogether", "AlterOrderWithRespectTo"})  # fmt: skip
_HARMLESS = frozenset({
    "CreateModel", "AddField", "AddIndex", "RemoveIndex", "AddConstraint", "RemoveConstraint", "AlterConstraint",
    "AlterModelOptions", "AlterModelManagers", "AlterModelTableComment", "RunPython", "RunSQL",
    "SeparateDatabaseAndState", "AddIndexConcurrently", "RemoveIndexConcurrently", "AddConstraintNotValid",
    "ValidateConstraint", "CreateExtension", "CreateCollation", "HStoreExtension", "TrigramExtension",
    "UnaccentExtension", "CITextExtension", "CryptoExtension", "BtreeGinExtension", "BtreeGistExtension",
    "BloomExtension",
})  # fmt: skip
# What stands there is told to Django and does nothing to the database.
_STATE_ONLY = frozenset({"state_operations"})


def judge(data: bytes) -> Judged:
    """One module below `migrations/`; a helper without class Migration is nothing to take back."""
    try:
        tree = parsed(data)
    except Unreadable as problem:
        return maybe(_("it cannot be read as Python (%s)") % problem)
    kinds = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == "Migration"]
    if not kinds:
        return maybe(_("its operations are made by code")) if _is_bound(tree) else FINE
    return worst(
        [_class(kind) for kind in kinds] + [_call(call) for call in calls(tree, leaving_out=_STATE_ONLY)]
    )


def _is_bound(tree: ast.Module) -> bool:
    """Whether something else is called Migration: imported, or made."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "Migration" and isinstance(node.ctx, ast.Store):
            return True
        if isinstance(node, ast.alias) and (node.asname or node.name) == "Migration":
            return True
    return False


def _class(kind: ast.ClassDef) -> Judged:
    """Whether its operations are written out, so that they can be read at all."""
    found: list[Judged] = []
    for node in kind.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if not any(last_name(one) == "operations" for one in targets if one is not None):
            continue
        value = getattr(node, "value", None)
        if not isinstance(value, ast.List | ast.Tuple):
            found.append(maybe(_("its operations are made by code")))
            continue
        found += [_element(one) for one in value.elts]
    return worst(found)


def _element(node: ast.expr) -> Judged:
    if not isinstance(node, ast.Call):
        return maybe(_("its operations are made by code"))
    name = name_of(node)
    if name in _GONE or name in _CHANGED or name in _HARMLESS:
        return FINE
    return maybe(_("it has an operation of its own: %s") % (name or "?")[:60])


def _call(call: ast.Call) -> Judged:
    name = name_of(call)
    if name in _GONE:
        return irreversible(str(_GONE[name]) % _about(call))
    if name in _CHANGED:
        return maybe(
            _("it changes what is there: %(what)s %(about)s") % {"what": name, "about": _about(call)}
        )
    if name == "AddField":
        return _add_field(call)
    if name == "RunPython":
        return _run_python(call)
    return _run_sql(call) if name == "RunSQL" else FINE


def _run_python(call: ast.Call) -> Judged:
    code, back = argument(call, 0, "code"), argument(call, 1, "reverse_code")
    if last_name(code) == "noop":
        return FINE
    if is_none(back):
        return irreversible(_("RunPython without reverse_code: %s") % last_name(code)[:60])
    return maybe(_("RunPython changes data: %s") % last_name(code)[:60])


def _run_sql(call: ast.Call) -> Judged:
    statements, back = argument(call, 0, "sql"), argument(call, 1, "reverse_sql")
    if last_name(statements) == "noop":
        return FINE
    known = texts(statements)
    if known is None:
        return maybe(_("RunSQL whose text is made by code")) if not is_none(back) else irreversible(
            _("RunSQL without reverse_sql, and its text is made by code")
        )  # fmt: skip
    found = sql.judge(";".join(known))
    if is_none(back) and found == FINE:
        return maybe(_("RunSQL without reverse_sql"))
    return found


def _add_field(call: ast.Call) -> Judged:
    """Django keeps no default in the database: the version before cannot add rows to a column that it does not know."""
    field = argument(call, 2, "field")
    if not isinstance(field, ast.Call) or name_of(field) == "ManyToManyField":
        return FINE
    given = {keyword.arg: keyword.value for keyword in field.keywords}
    if is_true(given.get("null")) or "db_default" in given or name_of(field) == "GeneratedField":
        return FINE
    return maybe(_("it adds a column that must be filled: %s") % _about(call))


def _about(call: ast.Call) -> str:
    """`order.total`: whatever names it gives."""
    words = [keyword.value for keyword in call.keywords if keyword.arg in ("model_name", "name")]
    found = [one.value for one in [*words, *call.args[:2]] if isinstance(one, ast.Constant)]
    return ".".join(str(one) for one in found if isinstance(one, str))[:80]
