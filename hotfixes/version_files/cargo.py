"""Cargo.toml: `[package]`, or `[workspace.package]` where the package takes it from its own workspace."""

from hotfixes.version_files import toml_place
from hotfixes.version_files.shapes import Reason, Unknown, Version, judged


def read(text: str, key: str = "") -> Version | Unknown:
    """ELSEWHERE for `version.workspace = true` in a member: the number stands in the workspace's file."""
    document = toml_place.parsed(text)
    if document is None:
        return Unknown(Reason.BROKEN)
    package = toml_place.table(document, "package").get("version")
    shared = toml_place.table(document, "workspace", "package").get("version")
    if isinstance(package, dict):
        if package.get("workspace") is not True:
            return Unknown(Reason.NOT_A_VERSION, toml_place.line(text, "package.version"))
        if shared is None:
            line = toml_place.line(text, "package.version.workspace")
            return Unknown(Reason.ELSEWHERE, line or toml_place.line(text, "package.version"))
        package = None
    value, place = (package, "package") if package is not None else (shared, "workspace.package")
    if value is None:
        return Unknown(Reason.MISSING)
    line = toml_place.line(text, f"{place}.version")
    return judged(value, line) if isinstance(value, str) else Unknown(Reason.NOT_A_VERSION, line)
