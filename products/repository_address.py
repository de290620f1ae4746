"""What people paste as a repository's address, read as they meant it: clone lines, web pages of a forge, tokens in it.

Nothing is resolved or asked here; where Nightdesk may go is judged when it goes (hotfixes/git/address.py).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from network import locator
from products.repository import Forge

MAX_URL = 500
# In the order in which the setting is written.
PROTOCOLS: Final = ("https", "http", "file")
_KNOWN_HOSTS: Final = {
    "github.com": Forge.GITHUB,
    "www.github.com": Forge.GITHUB,
    "gitlab.com": Forge.GITLAB,
    "codeberg.org": Forge.GITEA,
    "gitea.com": Forge.GITEA,
}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SCP = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>(?!//)[^\s@]+)\Z")
_SSH_PORT = re.compile(r":\d+\Z")
_TOKEN = re.compile(r"(?:gh[a-z]_|github_pat_|gl[a-z]{2,6}-)\w|[0-9a-f]{40}\Z")
# The pages of a forge below a repository; what follows them is no part of its address.
_PAGES: Final = re.compile(
    r"actions|blob|branches|commits?|compare|issues|labels|merge_requests|milestones|packages|projects|pulls?|raw|"
    r"releases|search|security|settings|src|tags?|tree|wiki"
)


@dataclass(frozen=True, slots=True)
class Address:
    """`url` without user name and token; what stood in it is in `username` and `token`, "" for none."""

    url: str
    forge: str
    username: str = ""
    token: str = field(default="", repr=False)


def understood(text: str, *, forge: str = "", protocols: Sequence[str] = ("https",)) -> Address:
    """`forge` "": by the host where it is well known, else plain git. Raises ValidationError, a sentence that never
    repeats a token.
    """
    text = _pasted(text)
    if not text or len(text) > MAX_URL * 2:
        raise ValidationError(_("Give the repository's address, such as https://github.com/you/product."))
    scheme = _SCHEME.match(text)
    if scheme is None:
        text = _with_scheme(text)
    elif scheme[1].lower() not in PROTOCOLS:
        raise ValidationError(_not_yet(scheme[1].lower(), text))
    protocol = text.partition("://")[0].lower()
    if protocol not in protocols:
        raise ValidationError(_refused(protocol, protocols))
    found = _folder(text) if protocol == "file" else _site(protocol, text, forge)
    if len(found.url) > MAX_URL:
        raise ValidationError(_("The address is longer than %(count)s characters.") % {"count": MAX_URL})
    return found


def same(one: str, other: str) -> bool:
    """Whether two addresses name one repository: a slash or `.git` at the end and the host's case do not matter."""
    return _bare(one) == _bare(other)


def origin(url: str) -> str:
    """Protocol, host and port: a token for one is never sent to another."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{(parts.hostname or '').lower()}:{parts.port or ''}"


def _pasted(text: str) -> str:
    text = text.strip().strip("<>\"'`")
    words = text.split()
    if words[:2] == ["git", "clone"]:
        words = [word for word in words[2:] if "/" in word or ":" in word]
    return words[0] if words else ""


def _with_scheme(text: str) -> str:
    """`github.com/you/product` is https; `git@host:you/product` and a path on disk are told apart."""
    if text.startswith(("/", "~", ".")):
        raise ValidationError(_("A folder is written like file:///srv/git/product.git."))
    scp = _SCP.match(text)
    if scp and not re.match(r"\d+(?:/|\Z)", scp["path"]):
        raise ValidationError(_over_ssh(scp["host"], scp["path"]))
    host, _slash, rest = text.partition("/")
    if ("." not in host and ":" not in host) or not rest:
        raise ValidationError(_("It must begin with https://, such as https://github.com/you/product."))
    return f"https://{text}"


def _not_yet(scheme: str, text: str) -> str:
    if scheme in ("ssh", "git+ssh", "ssh+git", "git"):
        rest = text.partition("://")[2].rpartition("@")[2]
        host, _slash, path = rest.partition("/")
        return _over_ssh(_SSH_PORT.sub("", host), path)
    return _("Nightdesk reads repositories over https. “%(scheme)s” is not a way it knows.") % {
        "scheme": scheme[:20]
    }


def _over_ssh(host: str, path: str) -> str:
    words = {"url": f"https://{host}/{path.lstrip('/~')}"[:200]}
    return _(
        "Nightdesk does not read over ssh yet. Use https with a token that may read: %(url)s"
    ) % words  # fmt: skip


def _refused(protocol: str, protocols: Sequence[str]) -> str:
    wanted = [one for one in PROTOCOLS if one in {*protocols, protocol}]
    words = {"protocol": protocol, "line": f"NIGHTDESK_GIT_PROTOCOLS={','.join(wanted)}"}
    return (
        _(
            "%(protocol)s:// is not allowed on this server. Who runs it can allow it: set %(line)s and start it again."
        )
        % words
    )


def _folder(text: str) -> Address:
    parts = urlsplit(text)
    if parts.netloc or not parts.path.startswith("/") or parts.query or parts.fragment or len(parts.path) < 2:
        raise ValidationError(_("A folder is written like file:///srv/git/product.git."))
    return Address(f"file://{parts.path.rstrip('/')}", Forge.NONE)


def _site(protocol: str, text: str, forge: str) -> Address:
    """One that is read over HTTP."""
    try:
        parts = urlsplit(text)
        whole, _at, host = parts.netloc.rpartition("@")
        user, _colon, secret = whole.partition(":")
        port = parts.port
    except ValueError:
        raise ValidationError(_("The address is not a valid URL.")) from None
    host = host.lower()
    if port in (80, 443) and port == (443 if protocol == "https" else 80):
        host = host.rpartition(":")[0]
    forge = forge or _KNOWN_HOSTS.get(host, Forge.NONE)
    if parts.query and forge == Forge.NONE:
        raise ValidationError(_("The address must not contain a question mark."))
    path = _repository(parts.path, forge)
    try:
        cleaned = locator.clean(urlunsplit((protocol, host, path, "", "")))
    except locator.BadUrl as problem:
        raise ValidationError(str(problem)) from None
    found = Address(cleaned, forge)
    user, secret = unquote(user), unquote(secret)
    if secret in ("", "x-oauth-basic") and _TOKEN.match(user):
        return replace(found, token=user)
    if user == "git" and not secret:
        return found
    return replace(found, username=user, token=secret)


def _repository(path: str, forge: str) -> str:
    """The repository of any of its pages."""
    path = re.sub(r"/{2,}", "/", path).partition("/-/")[0].rstrip("/")
    names = path.split("/")[1:]
    if not names or not names[0] or (forge != Forge.NONE and len(names) < 2):
        raise ValidationError(_("It must end with the owner and the repository's name."))
    ending = next((n for n, name in enumerate(names) if n and name.endswith(".git")), None)
    page = next((n for n, name in enumerate(names) if n >= 2 and _PAGES.fullmatch(name)), None)
    if ending is not None:
        names = names[: ending + 1]
    elif forge == Forge.GITHUB:
        names = names[:2]
    elif page is not None and (forge != Forge.NONE or page + 1 < len(names)):
        names = names[:page]
    # GitLab sends on from the address without it, and git follows nobody.
    if forge == Forge.GITLAB and not names[-1].endswith(".git"):
        names[-1] += ".git"
    return "/" + "/".join(names)


def _bare(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(
        (parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/").removesuffix(".git"), "", "")
    )
