"""A forge that refuses, limits, hangs, lies or is somewhere else: each shows as itself, and no token gets out."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from hotfixes.forges.address import Connection, place
from hotfixes.forges.reading import Ask, read
from hotfixes.forges.trouble import ForgeError, Trouble
from network.egress import Policy
from network.names import Names
from tests.hotfixes.forges.playing import HERE, Forge, Handler, saying
from tests.hotfixes.forges.state import BRANCH, TAG, TOKEN, oid

A = oid("a")
ASK = Ask(BRANCH, (A,), TAG)


def trouble(connection: Connection, *, total_s: float = 5) -> ForgeError:
    with pytest.raises(ForgeError) as raised:
        read(connection, ASK, total_s=total_s)
    said = f"{raised.value} {raised.value!r} {raised.value.detail}"
    assert TOKEN not in said
    return raised.value


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (301, Trouble.REDIRECTED),
        (302, Trouble.REDIRECTED),
        (401, Trouble.CREDENTIALS),
        (403, Trouble.FORBIDDEN),
        (404, Trouble.NOT_FOUND),
        (410, Trouble.NOT_FOUND),
        (418, Trouble.NONSENSE),
        (500, Trouble.FAILED),
        (503, Trouble.FAILED),
    ],
)
def test_an_answer_that_is_none(github: Forge, code: int, expected: Trouble) -> None:
    github.instead = saying(code, {"message": f"no, {TOKEN}"}, Location="http://127.0.0.1:1/")
    assert trouble(github.connection()).trouble is expected


def test_what_an_answer_is_worth_is_judged_alike_for_each(each: Forge) -> None:
    """By the one wire that all go through: what it makes of each is shown with one of them."""
    for answer, expected in (
        (saying(410), Trouble.NOT_FOUND),
        (saying(200, b'{"a":'), Trouble.NONSENSE),
        (saying(429, {}, **{"Retry-After": "90"}), Trouble.RATE_LIMITED),
    ):
        each.instead = answer
        assert trouble(each.connection()).trouble is expected
    assert trouble(each.connection(token="a\nb")).trouble is Trouble.CREDENTIALS


def test_no_redirect_is_followed(each: Forge) -> None:
    each.instead = saying(307, {}, Location=f"{each.url}/elsewhere")
    trouble(each.connection())
    assert set(each.codes()) == {307}


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><p>Sign in",
        b"",
        b"[" * 100_000,
        b'{"a":',
        b"\xff\xfe",
        b'"text"',
        b'{"message": "no list"}',
    ],
)
def test_an_answer_that_is_not_the_api(github: Forge, body: bytes) -> None:
    github.instead = saying(200, body)
    found = trouble(github.connection())
    assert (found.trouble, found.again) == (Trouble.NONSENSE, False)


def test_a_list_of_other_things_is_an_empty_one(each: Forge) -> None:
    each.instead = saying(200, [1, None, "x", [], {"number": -3, "head": {"ref": {}}}])
    assert read(each.connection(), ASK)[0].pulls == ()


def test_a_wrong_token(each: Forge) -> None:
    assert trouble(each.connection(token="other")).trouble is Trouble.CREDENTIALS


@pytest.mark.parametrize("token", ["a\nb", "sé", "a b", f"{TOKEN}\r\nX-Evil: 1", "\x00"])
def test_a_token_that_can_be_none_is_never_sent(github: Forge, token: str) -> None:
    found = trouble(github.connection(token=token))
    assert (found.trouble, github.seen) == (Trouble.CREDENTIALS, [])
    assert token not in f"{found} {github.connection(token=token)!r}"


@pytest.mark.parametrize(
    ("code", "headers", "wait"),
    [
        (429, {"Retry-After": "90"}, 90),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "in_ten_minutes"}, 600),
        (429, {"RateLimit-Reset": "in_ten_minutes"}, 600),
        (429, {}, 60),
        (429, {"Retry-After": "soon"}, 60),
        (429, {"Retry-After": "999999999"}, 7_200),
        (403, {"Retry-After": "5"}, 5),
    ],
)
def test_who_asks_us_to_wait_says_until_when(
    github: Forge, code: int, headers: dict[str, str], wait: int
) -> None:
    reset = str(int(time.time()) + 600)
    github.instead = saying(
        code, {}, **{name: reset if "ten" in value else value for name, value in headers.items()}
    )
    found = trouble(github.connection())
    assert (found.trouble, found.again) == (Trouble.RATE_LIMITED, True)
    assert found.until is not None
    assert abs(found.until - datetime.now(UTC) - timedelta(seconds=wait)) < timedelta(seconds=30)


def test_a_second_limit_is_known_by_its_words(github: Forge) -> None:
    github.instead = saying(403, {"message": "You have exceeded a secondary rate limit."})
    assert trouble(github.connection()).trouble is Trouble.RATE_LIMITED


@pytest.mark.parametrize(
    ("forbidden", "part"),
    [
        ("reviews", "reviews"),
        ("approvals", "reviews"),
        ("releases", "releases"),
        ("status", "runs"),
        ("pipelines", "runs"),
    ],
)
def test_a_part_that_is_kept_from_us_leaves_the_rest(each: Forge, forbidden: str, part: str) -> None:
    pull = each.state.open(A)
    each.state.review(pull, "ben")
    each.forbidden = (forbidden,)
    reading, _kept = read(each.connection(), ASK)
    assert len(reading.pulls) == 1
    touched = any(forbidden in path for _method, path, _code in each.seen)
    assert [what for what, _why in reading.unread] == ([part] if touched else [])
    assert all(why.startswith("The token may not read this.") for _what, why in reading.unread)


def test_deployments_that_are_kept_from_us(github: Forge) -> None:
    github.forbidden = ("deployments",)
    assert (
        read(github.connection(), ASK)[0].why_unread("deployments").startswith("The token may not read this.")
    )


def test_a_part_that_fails_leaves_the_rest(each: Forge) -> None:
    each.state.open(A)

    def instead(handler: Handler) -> bool:
        return "releases" in handler.path and saying(502, b"<html>Bad gateway</html>")(handler)

    each.instead = instead
    reading, _kept = read(each.connection(), ASK)
    assert ([what for what, _why in reading.unread], len(reading.pulls)) == (["releases"], 1)


def test_a_slow_forge_ends_in_time(each: Forge) -> None:
    def drip(handler: Handler) -> bool:
        handler.send_response(200)
        handler.end_headers()
        for _n in range(40):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)
        return True

    each.instead = drip
    began = time.monotonic()
    assert trouble(each.connection(), total_s=0.5).trouble is Trouble.TIMEOUT
    assert time.monotonic() - began < 3


def test_a_huge_answer_is_not_read(github: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    github.instead = saying(200, b"[" + b" " * 13_000_000 + b"]")
    assert trouble(github.connection(), total_s=20).trouble is Trouble.TOO_BIG


def test_pages_without_end_end(each: Forge) -> None:
    """Each page says that there is another."""
    row = {"head": {"ref": "other"}, "source_branch": "other", "number": 1}
    each.instead = saying(200, [row] * 3, Link='<x>; rel="next"')
    read(each.connection(), Ask(BRANCH))
    assert len(each.seen) <= 10


def test_no_forge_at_all(each: Forge) -> None:
    assert trouble(each.connection(url="http://127.0.0.1:1/team/krow")).trouble is Trouble.UNREACHABLE


def test_a_forge_that_hangs_up(each: Forge) -> None:
    def hang_up(handler: Handler) -> bool:
        handler.close_connection = True
        return True

    each.instead = hang_up
    found = trouble(each.connection())
    assert (found.trouble, found.again) == (Trouble.FAILED, True)


def test_where_we_may_not_go(each: Forge) -> None:
    found = trouble(each.connection(policy=Policy()))
    assert (found.trouble, each.seen) == (Trouble.ADDRESS, [])


def test_a_name_that_leads_inside(each: Forge) -> None:
    names = Names(lambda name: ["127.0.0.1"], kept_s=0)
    url = f"http://forge.example:{each.port}/team/krow"
    assert trouble(each.connection(url=url, policy=Policy(), names=names)).trouble is Trouble.ADDRESS
    read(each.connection(url=url, policy=HERE, names=names), ASK)
    assert trouble(each.connection(url=url, names=Names(lambda name: [], kept_s=0))).trouble is Trouble.NAME


@pytest.mark.parametrize(
    "url",
    [
        "git@github.com:team/krow.git",
        "https://user:pass@example.test/team/krow",
        "https://example.test/krow",
        "https://example.test/",
        "https://example.test/../team/..",
        "https://example.test/team/.git",
        "https://example.test/te am/krow",
        "https://example.test/team/krow?x=1",
        "https://example.test/team/kr%2Fow",
        "http://example.test/team/krow",
        "file:///srv/team/krow",
        "",
    ],
)
@pytest.mark.parametrize("kind", ["github", "gitlab", "gitea"])
def test_addresses_that_lead_to_no_api(kind: str, url: str) -> None:
    with pytest.raises(ForgeError) as raised:
        place(Connection(kind, url))
    assert raised.value.trouble is Trouble.BAD_URL


@pytest.mark.parametrize(
    ("kind", "url", "api"),
    [
        ("github", "https://github.com/team/krow.git", "https://api.github.com/repos/team/krow"),
        ("github", "https://GitHub.com/Team/krow/", "https://api.github.com/repos/Team/krow"),
        ("github", "https://git.example.test/team/krow", "https://git.example.test/api/v3/repos/team/krow"),
        ("github", "https://team.ghe.com/team/krow", "https://api.team.ghe.com/repos/team/krow"),
        ("gitlab", "https://gitlab.com/a/b/krow.git", "https://gitlab.com/api/v4/projects/a%2Fb%2Fkrow"),
        ("gitlab", "https://gitlab.com/a/krow/-/tree/main", "https://gitlab.com/api/v4/projects/a%2Fkrow"),
        ("gitea", "https://codeberg.org/team/krow.js", "https://codeberg.org/api/v1/repos/team/krow.js"),
        ("gitea", "https://example.test/git/team/krow", "https://example.test/git/api/v1/repos/team/krow"),
    ],
)
def test_addresses_that_lead_to_one(kind: str, url: str, api: str) -> None:
    assert place(Connection(kind, url)).api == api


def test_a_kind_that_nobody_speaks() -> None:
    with pytest.raises(ForgeError):
        place(Connection("bitbucket", "https://example.test/team/krow"))


def test_a_branch_with_odd_signs_asks_for_nothing_else(each: Forge) -> None:
    read(each.connection(), Ask("hotfix/a&state=open#?x=1", ("../../user",), "v1/../../x?y"))
    assert all(
        " " not in path and "#" not in path and "/../" not in path for _method, path, _code in each.seen
    )
