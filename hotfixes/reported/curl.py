"""The lines that a script ends with, ready to copy: one per step of the process that a script can prove.

POSIX sh and curl. A Nightdesk that is down must fail no deployment, hence `|| true`; what it refuses is printed.
What is to be tried stands in $TRY and is run by the line itself: pasted alone, it proves nothing and says what is
missing. `$?` stands before every other substitution, because those change it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Scope
from foundation.written import address
from hotfixes.models import Hotfix
from hotfixes.naming import named
from products.models import Product
from products.vocabulary import EnvironmentKind

# Replaced by a piece of shell inside the JSON; no name holds it.
_MARK = "\ue000"
ENDED = "$([ $? -eq 0 ] && echo succeeded || echo failed)"
HEAD = "$(git rev-parse HEAD)"
TRY = 'sh -c "${TRY:?is the command that tries it}" && went=0 || went=$?; '
WENT = "$went"
# As it may stand in a JSON text.
_ESCAPED = "sed 's/[\\\\\"]/\\\\&/g'"


@dataclass(frozen=True)
class Line:
    """`step`: the key of the process's step it belongs to, "" for none."""

    step: str
    about: str
    command: str


class _Shell(str):
    """A value that the shell fills in; with `bare` as a number, without quotes."""

    bare = False


class _Number(_Shell):
    bare = True


def lines(hotfix: Hotfix) -> list[Line]:
    """In the process's order, then the list of checks. Needs `hotfix.incident.process_version` and its product."""
    document = hotfix.incident.process_version.document
    found = []
    for step in document.get("steps") or []:
        for check in step.get("checks") or []:
            found += [Line(str(step["key"]), *pair) for pair in _of_check(hotfix, check, document)]
        if "deployed" in (step.get("done_on") or []) and "deployed" not in (step.get("checks") or []):
            found += [
                Line(str(step["key"]), *pair) for pair in _deployment(hotfix, _environment(hotfix, "dev"))
            ]
    listed = f"curl -sS -m 10 {_BEARER} {quote(address(f'/api/v1/hotfixes/{hotfix.ref}/checks.txt'))} || true"
    return [*found, Line("", _("Prints the list of checks."), listed)]


def hold_line(product: Product) -> Line:
    """First line of a release script. With 22 curl says that it was refused; a Nightdesk that is down refuses none."""
    url = address(f"/api/v1/products/{product.slug}/hold?refuse=true")
    asks = f"curl -sS -m 10 -w '\\n' --fail-with-body {_BEARER} {quote(url)}"
    about = _("First line of a release script: it ends here while a hotfix or a rollback goes first.")
    return Line("", about, f"{asks} || [ $? -ne 22 ] || exit 1")


def token_address(product: Product) -> str:
    """The page that makes the token of these lines: for reporting, for this product alone."""
    wanted = {"scope": Scope.INGEST, "product": product.slug, "name": f"deploy {product.slug}"[:80]}
    return f"{reverse('make_token')}?{urlencode(wanted)}"


_BEARER = '-H "Authorization: Bearer $NIGHTDESK_TOKEN"'


def _of_check(hotfix: Hotfix, check: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ref = hotfix.ref
    if check == "deployed":
        kind = str((document.get("deploy") or {}).get("environment") or EnvironmentKind.PRODUCTION)
        yield from _deployment(hotfix, kind)
    elif check == "tests_passed":
        body = {"hotfix": ref, "kind": "tests", "data": {"exit_code": _Number(WENT)}, "head": _Shell(HEAD)}
        yield (
            _("Runs the tests and sends how they went; TRY is their command."),
            TRY + _post("/evidence", body),
        )
        yield _("Or the JUnit file, where the tests write one."), _junit(hotfix, "tests")
    elif check == "smoke":
        yield from _smoke(ref, document)
    elif check == "version_live":
        running: dict[str, Any] = {"version": _Shell(_text("VERSION")), "where": _Shell(_text("WHERE"))}
        about = _("For each host; VERSION is what the running service says of itself, WHERE is its name.")
        yield about, _post("/evidence", {"hotfix": ref, "kind": "note", "data": running})
    elif check in ("artifact_built", "artifact_stored"):
        yield _artifact(hotfix, check)
    elif check in _TRIED:
        data = {"exit_code": _Number(WENT), "check": check}
        yield str(_TRIED[check]()), TRY + _post("/evidence", {"hotfix": ref, "kind": "note", "data": data})


_TRIED = {
    "reproduced": lambda: _("TRY is a command that ends well when the problem shows."),
    "verified_live": lambda: _("TRY is a command that tries the fix where it runs."),
    "fix_verified": lambda: _("TRY is a command that does again what failed before."),
}


def _smoke(ref: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """One a smoke test of the process; one for all where it names none."""
    for item in document.get("smoke") or [{"key": "", "title": ""}]:
        data: dict[str, Any] = {"exit_code": _Number(WENT)}
        data |= {"item": item["key"]} if item["key"] else {}
        about = _("%s: TRY is the command that tries it.") % (item["title"] or _("Smoke tests"))
        yield about, TRY + _post("/evidence", {"hotfix": ref, "kind": "smoke", "data": data})


def _deployment(hotfix: Hotfix, kind: str) -> Iterator[tuple[str, str]]:
    """None for a kind of environment that the product does not have."""
    environment = _environment(hotfix, kind)
    if not environment:
        return
    body = {
        "product": hotfix.product.slug,
        "environment": environment,
        "version": hotfix.new_version or "?",
        "hotfix": hotfix.ref,
    }
    tag = named.tag(hotfix)
    body |= {"git_ref": tag} if named.complete(tag) and kind != EnvironmentKind.DEV else {}
    yield _("First line of the deploy script."), _post("/deployments", {**body, "status": "started"})
    ended = {"status": _Shell(ENDED), **body}
    yield _("Right after the deployment, whether it went well or not."), _post("/deployments", ended)
    if kind == EnvironmentKind.PRODUCTION and _in_stores(hotfix):
        stands = {"stage": _Shell(_text("STAGE")), "percent": _Number("${PERCENT:-null}"), **body}
        about = _(
            "What the store says: STAGE is submitted, in_review, released or halted; PERCENT of the users have it."
        )
        yield about, _post("/deployments", stands)


def _in_stores(hotfix: Hotfix) -> bool:
    """Whether the process knows a rollout that can be halted, for what this product is by its name."""
    options = (hotfix.incident.process_version.document.get("rollback") or {}).get("options") or []
    called = f"{hotfix.component} {hotfix.product.slug} {hotfix.product.name}".casefold()
    return any(
        one.get("kind") == "halt_rollout"
        and any(part in called for part in one.get("components") or [called])
        for one in options
    )


def _artifact(hotfix: Hotfix, check: str) -> tuple[str, str]:
    """The file's name stands in $FILE, where it is kept in $PLACE: nobody else knows them."""
    data: dict[str, Any] = {
        "name": _Shell(f'$(basename "$FILE" | {_ESCAPED})'),
        "size": _Number('$(($(wc -c < "$FILE")))'),
        "sha256": _Shell('$(sha256sum < "$FILE" | cut -c1-64)'),
        "version": hotfix.new_version,
    }
    about = _("After the build; FILE is what was built.")
    if check == "artifact_stored":
        data["location"] = _Shell(_text("PLACE"))
        about = _("After copying; FILE is the copy, read where it is kept, and PLACE says where.")
    return about, _post("/evidence", {"hotfix": hotfix.ref, "kind": "artifact", "data": data})


def _text(name: str) -> str:
    """A variable of the script, whatever characters it holds."""
    return f'$(printf %s "${name}" | {_ESCAPED})'


def _junit(hotfix: Hotfix, kind: str) -> str:
    url = address(f"/api/v1/evidence?{urlencode({'hotfix': hotfix.ref, 'kind': kind})}")
    target = f'{quote(url)}"&head={HEAD}"'
    file = "-H 'Content-Type: application/xml' --data-binary @junit.xml"
    return f"curl -sS -m 30 -w '\\n' {_BEARER} {file} {target} || true"


def _post(path: str, body: Mapping[str, Any]) -> str:
    pieces: list[_Shell] = []

    def marked(value: Any) -> Any:
        if isinstance(value, _Shell):
            pieces.append(value)
            return f"{_MARK}{len(pieces) - 1}{_MARK}"
        if isinstance(value, Mapping):
            return {key: marked(one) for key, one in value.items()}
        return value.replace(_MARK, "") if isinstance(value, str) else value

    text = quote(json.dumps(marked(body), ensure_ascii=False))
    for number, piece in enumerate(pieces):
        mark = f"{_MARK}{number}{_MARK}"
        # Out of the single quotes, the value between double ones, and in again.
        text = text.replace(f'"{mark}"' if piece.bare else mark, f"'\"{piece}\"'")
    url = quote(address(f"/api/v1{path}"))
    return (
        f"curl -sS -m 10 -w '\\n' {_BEARER} -H 'Content-Type: application/json' {url} --data {text} || true"
    )


def _environment(hotfix: Hotfix, kind: str) -> str:
    """The product's first environment of this kind, by its slug; "" for none."""
    return next((one.slug for one in hotfix.product.environments.all() if one.kind == kind), "")
