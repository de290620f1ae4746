"""Questions to one forge over one client: what statuses mean, pages, and what is remembered by ETag. Time, bytes and
requests are bounded over all of them together; no redirect is followed, and the token is in no error.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from hotfixes.forges.address import Connection, Place, authorisation, place
from hotfixes.forges.shapes import MAX_ROWS, plain, restored
from hotfixes.forges.trouble import ForgeError, Trouble

if TYPE_CHECKING:
    import httpx  # loaded with the first question to a forge: most processes ask none

TOTAL_S: Final = 25.0
MAX_ANSWER: Final = 12_000_000
MAX_BYTES: Final = 40_000_000
MAX_REQUESTS: Final = 100
MAX_WAIT: Final = timedelta(hours=2)

_BY_ERROR: Final = {
    "bad_url": Trouble.BAD_URL,
    "refused_address": Trouble.ADDRESS,
    "dns": Trouble.NAME,
    "connect": Trouble.UNREACHABLE,
    "tls": Trouble.TLS,
    "timeout": Trouble.TIMEOUT,
    "broken_answer": Trouble.FAILED,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`data`: the decoded JSON, None for 304 and for an empty body. `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    data: Any


@dataclass
class Wire:
    """`remembered`: what the last reading kept; `kept`: what this one keeps, by question."""

    client: httpx.Client
    connection: Connection
    place: Place
    headers: Mapping[str, str]
    remembered: Mapping[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    requests: int = 0
    answered: int = 0
    received: int = 0

    def rows[Row](
        self,
        path: str,
        shape: type[Row],
        pick: Callable[[dict[str, Any]], Row | None],
        *,
        inside: str = "",
        pages: int = 1,
        size: int = 100,
        enough: Callable[[list[Row]], bool] = lambda _: False,
        query: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """The rows of a list (at `inside`, where it is wrapped), page after page until `pages` or `enough`. Raises
        ForgeError.
        """
        paging = {"limit": str(size)} if self.connection.kind == "gitea" else {"per_page": str(size)}
        found: list[Row] = []
        for number in range(1, pages + 1):
            asked = f"{path}?{urlencode({**(query or {}), **paging, 'page': str(number)})}"
            rows, more = self._page(asked, shape, pick, inside, size)
            found += rows
            if not more or enough(found) or len(found) >= MAX_ROWS:
                break
        return found[:MAX_ROWS]

    def _page[Row](
        self,
        asked: str,
        shape: type[Row],
        pick: Callable[[dict[str, Any]], Row | None],
        inside: str,
        size: int,
    ) -> tuple[list[Row], bool]:
        known = self.remembered.get(asked)
        known = known if isinstance(known, Mapping) and isinstance(known.get("etag"), str) else {}
        answer = self.ask("GET", asked, etag=known.get("etag", ""))
        if answer.status == 304:
            self.kept[asked] = dict(known)
            return list(restored(shape, known.get("rows"))), known.get("more") is True
        raw = listed(answer.data, inside)
        rows = [row for one in raw if (row := pick(one)) is not None]
        more = _has_more(answer.headers, len(raw), size)
        self._keep(asked, answer, rows, more)
        return rows, more

    def one[Row](
        self, path: str, shape: type[Row], pick: Callable[[dict[str, Any]], Row | None]
    ) -> Row | None:
        """A single thing. Raises ForgeError, NOT_FOUND too."""
        known = self.remembered.get(path)
        known = known if isinstance(known, Mapping) and isinstance(known.get("etag"), str) else {}
        answer = self.ask("GET", path, etag=known.get("etag", ""))
        if answer.status == 304:
            self.kept[path] = dict(known)
            return next(iter(restored(shape, known.get("rows"))), None)
        if not isinstance(answer.data, dict):
            raise ForgeError(Trouble.NONSENSE)
        row = pick(answer.data)
        self._keep(path, answer, [] if row is None else [row], False)
        return row

    def _keep(self, asked: str, answer: Answer, rows: list[Any], more: bool) -> None:
        etag = answer.headers.get("etag", "")
        if etag and len(etag) <= 200 and etag.isprintable() and etag.isascii():
            self.kept[asked] = {"etag": etag, "rows": [plain(row) for row in rows], "more": more}

    def ask(
        self, method: str, path: str, body: object = None, *, etag: str = "", root: bool = False
    ) -> Answer:
        """One question below the repository (or the API's `root`). Raises ForgeError for all but 2xx and 304."""
        from network.http import FAULTS, fault

        self.requests += 1
        if self.requests > MAX_REQUESTS or self.received > MAX_BYTES:
            raise ForgeError(Trouble.TOO_BIG)
        headers = {**self.headers, **({"If-None-Match": etag} if etag else {})}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        address = (self.place.root if root else self.place.api) + path
        try:
            with self.client.stream(method, address, content=content, headers=headers) as answer:
                return self._understood(method, answer)
        except FAULTS as problem:
            said = fault(problem)
            raise ForgeError(_BY_ERROR[said.error], self._clean(said.detail)) from None

    def _understood(self, method: str, answer: httpx.Response) -> Answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        status = answer.status_code
        if status == 304:
            self.answered += 1
            return Answer(status, headers, None)
        body = b""
        for piece in answer.iter_raw():
            body += piece
            if len(body) > MAX_ANSWER:
                raise ForgeError(Trouble.TOO_BIG, f"> {MAX_ANSWER:,} bytes")
        self.received += len(body)
        if not 200 <= status < 300:
            raise self._problem(method, status, headers, body)
        data = decoded(body) if body.strip() or method == "GET" else None
        self.answered += 1
        return Answer(status, headers, data)

    def _problem(self, method: str, status: int, headers: Mapping[str, str], body: bytes) -> ForgeError:
        said = f"{status}: {self._clean(_message(body))}".rstrip(": ")
        if status == 429 or (status == 403 and _is_limit(headers, body)):
            return ForgeError(Trouble.RATE_LIMITED, said, until=_until(headers, time.time()))
        if 300 <= status < 400:
            return ForgeError(Trouble.REDIRECTED, said)
        known = {
            401: Trouble.CREDENTIALS,
            403: Trouble.FORBIDDEN,
            404: Trouble.NOT_FOUND,
            410: Trouble.NOT_FOUND,
        }
        if status >= 500:
            return ForgeError(Trouble.FAILED, said)
        return ForgeError(known.get(status, Trouble.NONSENSE if method == "GET" else Trouble.REFUSED), said)

    def _clean(self, said: str) -> str:
        token = self.connection.token
        return said.replace(token, "…") if token else said


@contextmanager
def wired(
    connection: Connection, remembered: Mapping[str, Any], *, total_s: float = TOTAL_S
) -> Iterator[Wire]:
    """Raises ForgeError for an address or a token that cannot be one."""
    from network.http import opened

    where = place(connection)
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "Nightdesk",
        **({"X-GitHub-Api-Version": "2022-11-28"} if connection.kind == "github" else {}),
        **authorisation(connection),
    }
    with opened(connection.policy, total_s=total_s, names=connection.names) as client:
        yield Wire(client, connection, where, headers, remembered)


def decoded(body: bytes) -> Any:
    """JSON, or ForgeError NONSENSE: HTML of a login page, an empty answer, one nested without end."""
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ForgeError(Trouble.NONSENSE) from None


def listed(data: Any, inside: str) -> list[dict[str, Any]]:
    """The rows of an answer; `null` is an empty list, as Go writes it."""
    if inside:
        if not isinstance(data, dict):
            raise ForgeError(Trouble.NONSENSE)
        data = data.get(inside)
    if data is not None and not isinstance(data, list):
        raise ForgeError(Trouble.NONSENSE)
    return [one for one in data or [] if isinstance(one, dict)]


def _has_more(headers: Mapping[str, str], count: int, size: int) -> bool:
    """By Link where there is one: a forge may give fewer a page than asked for. Its addresses are never followed."""
    if "link" in headers:
        return 'rel="next"' in headers["link"]
    if "x-next-page" in headers:
        return bool(headers["x-next-page"].strip())
    return count >= size


def _message(body: bytes) -> str:
    try:
        data = json.loads(body[:100_000])
    except (ValueError, RecursionError):
        return ""
    found = (
        [data.get(name) for name in ("message", "error", "error_description")]
        if isinstance(data, dict)
        else []
    )
    return " ".join(one[:200] for one in found if isinstance(one, str))


def _is_limit(headers: Mapping[str, str], body: bytes) -> bool:
    if headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers:
        return True
    return "rate limit" in _message(body).lower()


def _until(headers: Mapping[str, str], now: float) -> datetime:
    """When to come again: what the forge says, within bounds; a minute when it does not say."""
    at = now + 60
    for name in ("retry-after", "x-ratelimit-reset", "ratelimit-reset"):
        value = headers.get(name, "").strip()
        if value.isascii() and value.isdigit() and len(value) < 12:
            at = int(value) if int(value) > 1_000_000_000 else now + int(value)
            break
    return datetime.fromtimestamp(min(max(at, now + 1), now + MAX_WAIT.total_seconds()), UTC)
