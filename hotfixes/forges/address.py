"""From a repository's address to its forge's API. The kind is what a person said, never guessed from answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from hotfixes.forges.shapes import Kind
from hotfixes.forges.trouble import ForgeError, Trouble
from network import locator
from network.egress import Policy
from network.names import NAMES, Names

_NAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,100}")


@dataclass(frozen=True, slots=True)
class Connection:
    """How a repository's forge is reached: `kind` github, gitlab or gitea (Forgejo too), `url` the repository's own.
    `protocols`: https, and http where the operator allows it (NIGHTDESK_GIT_PROTOCOLS).
    """

    kind: str
    url: str
    token: str = field(default="", repr=False)
    policy: Policy = field(default_factory=Policy)
    protocols: tuple[str, ...] = ("https",)
    names: Names = field(default=NAMES, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """`api`: where the repository's own resources begin; `root`: where the API itself does."""

    api: str
    root: str
    owner: str
    name: str


def place(connection: Connection) -> Place:
    """Raises ForgeError BAD_URL."""
    try:
        cleaned = locator.clean(connection.url)
    except locator.BadUrl as problem:
        raise ForgeError(Trouble.BAD_URL, str(problem)) from None
    parts = urlsplit(cleaned)
    if parts.scheme not in connection.protocols:
        raise ForgeError(Trouble.BAD_URL, f"{parts.scheme}: {', '.join(connection.protocols)}")
    names = [name for name in parts.path.partition("/-/")[0].split("/") if name]
    if parts.query or len(names) < 2 or not all(_is_name(name) for name in names):
        raise ForgeError(Trouble.BAD_URL, _("It must end with the owner and the repository's name."))
    names[-1] = names[-1].removesuffix(".git")
    if not names[-1]:
        raise ForgeError(Trouble.BAD_URL, _("It must end with the owner and the repository's name."))
    return _place(connection.kind, f"{parts.scheme}://{parts.netloc}", parts.netloc.lower(), names)


def authorisation(connection: Connection) -> Mapping[str, str]:
    """The header that carries the token. Raises ForgeError for one that cannot be a token, without showing it."""
    if not connection.token:
        return {}
    if not connection.token.isascii() or not all("!" <= sign <= "~" for sign in connection.token):
        raise ForgeError(Trouble.CREDENTIALS, _("The token holds a character that no token has."))
    if connection.kind == Kind.GITLAB:
        return {"PRIVATE-TOKEN": connection.token}
    word = "Bearer" if connection.kind == Kind.GITHUB else "token"
    return {"Authorization": f"{word} {connection.token}"}


def segment(text: str) -> str:
    """One segment of a path: slashes in tags and branches are encoded."""
    return quote(text, safe="")


def _place(kind: str, origin: str, host: str, names: list[str]) -> Place:
    owner, name = names[-2], names[-1]
    if kind == Kind.GITLAB:
        root = f"{origin}/api/v4"
        return Place(f"{root}/projects/{segment('/'.join(names))}", root, "/".join(names[:-1]), name)
    if kind == Kind.GITHUB:
        root = _github(origin, host)
    elif kind == Kind.GITEA:
        root = "/".join([origin, *names[:-2], "api/v1"])
    else:
        raise ForgeError(Trouble.BAD_URL, _("Nightdesk does not know this kind of forge."))
    return Place(f"{root}/repos/{segment(owner)}/{segment(name)}", root, owner, name)


def _github(origin: str, host: str) -> str:
    if host in ("github.com", "www.github.com", "github.com:443"):
        return "https://api.github.com"
    return f"https://api.{host}" if host.endswith(".ghe.com") else f"{origin}/api/v3"


def _is_name(name: str) -> bool:
    return name not in (".", "..") and _NAME.fullmatch(name) is not None
