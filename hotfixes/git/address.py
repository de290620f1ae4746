"""From the address a person typed to what git is given: a protocol of the list, a host that was resolved and judged.

git gets the judged addresses by `http.curloptResolve`, so that it connects to exactly those: a name that resolves
differently the second time changes nothing (measured with git 2.39 and curl 7.88: the name is then never looked up).
"""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from django.utils.translation import gettext as _

from hotfixes.git import local
from hotfixes.git.trouble import GitError, Trouble
from network import locator
from network.egress import Policy
from network.names import NAMES, Names

RESOLVE_S = 5.0
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.I)
_NUMERIC = re.compile(r"(?:0[xX][0-9A-Fa-f]*|[0-9]+)\Z")


@dataclass(frozen=True, slots=True)
class Access:
    """Where git may go: `protocols` of https, http, file (NIGHTDESK_GIT_PROTOCOLS); `policy` for hosts; `file_roots`
    the folders below which file:// repositories may lie (empty: anywhere).
    """

    policy: Policy
    protocols: tuple[str, ...] = ("https",)
    file_roots: tuple[Path, ...] = ()
    names: Names = field(default=NAMES)


@dataclass(frozen=True, slots=True)
class Destination:
    """`url` as git gets it, `settings` that pin its host to judged addresses, `origin` without a path ("" for file)."""

    url: str
    protocol: str
    origin: str = ""
    settings: tuple[tuple[str, str], ...] = ()


def destination(url: str, access: Access) -> Destination:
    """Resolves and judges. Raises GitError BAD_URL, PROTOCOL, ADDRESS, NAME, NOT_A_REPOSITORY."""
    scheme = _SCHEME.match(url)
    if scheme is None:
        raise GitError(Trouble.BAD_URL, _("It must begin with https:// or another allowed protocol."))
    protocol = scheme[1].lower()
    if protocol not in access.protocols or protocol not in ("https", "http", "file"):
        raise GitError(Trouble.PROTOCOL, f"{protocol[:20]}: {', '.join(access.protocols)}")
    return _file(url, access) if protocol == "file" else _http(url, protocol, access)


def _http(url: str, protocol: str, access: Access) -> Destination:
    try:
        cleaned = locator.clean(url)
    except locator.BadUrl as problem:
        raise GitError(Trouble.BAD_URL, str(problem)) from None
    parts = urlsplit(cleaned)
    host, port = locator.host_and_port(cleaned)
    if parts.query:
        raise GitError(Trouble.BAD_URL, _("The address must not contain a question mark."))
    if host.endswith(".") or (_NUMERIC.match(host.rsplit(".", 1)[-1]) and not locator.is_address(host)):
        # curl reads 0x7f.1 or 2130706433 as an address of its own; what it connects to must be what was judged.
        raise GitError(Trouble.BAD_URL, _("The host's name is not a valid one."))
    literal = locator.is_address(host)
    peers = _allowed([host] if literal else _resolved(host, access.names), access.policy)
    shown = f"[{host}]" if ":" in host else host
    origin = f"{protocol}://{shown}:{port}"
    pinned = ",".join(f"[{peer}]" if ":" in peer else peer for peer in peers)
    settings = () if literal else (("http.curloptResolve", f"{host}:{port}:{pinned}"),)
    return Destination(f"{origin}{parts.path}", protocol, origin, settings)


def _resolved(host: str, names: Names) -> Sequence[str]:
    answered = threading.Event()
    lookup = names.ask(host, answered.set)
    if not lookup.done:
        answered.wait(RESOLVE_S)
    if not lookup.addresses:
        raise GitError(Trouble.NAME, f"{host}: {lookup.error if lookup.done else _('no answer in time')}")
    return [address.partition("%")[0] for address in lookup.addresses]


def _allowed(peers: Sequence[str], policy: Policy) -> Sequence[str]:
    allowed = [peer for peer in peers if policy.refusal(peer) is None]
    if not allowed:
        raise GitError(Trouble.ADDRESS, policy.refusal(*peers) or "")
    return allowed


def _file(url: str, access: Access) -> Destination:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise GitError(Trouble.BAD_URL) from None
    path = unquote(parts.path, errors="strict") if not re.search(r"[\x00-\x1f\x7f]", url) else ""
    if (
        parts.netloc
        or parts.query
        or parts.fragment
        or not path.startswith("/")
        or re.search(r"[\x00-\x1f]", path)
    ):
        raise GitError(Trouble.BAD_URL, _("Write it like file:///srv/git/product.git."))
    folder = local.checked(Path(path), access.file_roots)
    return Destination("file://" + quote(str(folder)), "file")
