"""A policy's list of version files as lines that people write: `apps/web/package.json npm component=web`."""

import shlex
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from hotfixes.version_files import KINDS, kind_of


def written(files: list[dict[str, Any]]) -> str:
    """One line a file."""
    return "\n".join(_line(file) for file in files)


def read(text: str) -> list[dict[str, str]]:
    """Raises ValidationError that names the line. The kind may be left out where the file's name says it."""
    return [_file(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _line(file: dict[str, Any]) -> str:
    words = [shlex.quote(file["path"]) if " " in file["path"] else file["path"], file["kind"]]
    words += [f"{name}={shlex.quote(file[name])}" for name in ("key", "component") if file.get(name)]
    return " ".join(words)


def _file(number: int, line: str) -> dict[str, str]:
    try:
        path, *words = shlex.split(line)
    except ValueError:
        raise ValidationError(_("Line %(n)s: a quotation mark is missing.") % {"n": number}) from None
    named = {name: value for name, _sign, value in (word.partition("=") for word in words) if value}
    kinds = [word for word in words if "=" not in word] or [kind_of(path)]
    said = {"n": number, "path": path[:80], "kinds": ", ".join(KINDS)}
    if unknown := set(named) - {"key", "component"}:
        words_ = _("Line %(n)s: “%(name)s” is not known here; known are key= and component=.")
        raise ValidationError(words_ % {**said, "name": sorted(unknown)[0][:40]})
    if len(kinds) != 1 or kinds[0] not in KINDS:
        raise ValidationError(_("Line %(n)s: say of which kind %(path)s is: one of %(kinds)s.") % said)
    return {"path": path, "kind": kinds[0], **named}
