"""What people paste is understood as the repository they meant; a token in it never stays in the address."""

import pytest
from django.core.exceptions import ValidationError

from products.repository_address import same, understood

ALL = ("https", "http", "file")


@pytest.mark.parametrize(
    ("pasted", "url", "forge"),
    [
        ("https://github.com/you/product", "https://github.com/you/product", "github"),
        ("  https://github.com/you/product/  ", "https://github.com/you/product", "github"),
        ("https://github.com/you/product.git", "https://github.com/you/product.git", "github"),
        ("https://GitHub.com/You/Product.git/", "https://github.com/You/Product.git", "github"),
        ("github.com/you/product", "https://github.com/you/product", "github"),
        ("https://github.com/you/product/pull/3", "https://github.com/you/product", "github"),
        ("https://github.com/you/product/pull/3/files#diff-1", "https://github.com/you/product", "github"),
        ("https://github.com/you/product/tree/main/apps?tab=readme", "https://github.com/you/product", "github"),
        ("git clone --depth 1 https://github.com/you/product.git here", "https://github.com/you/product.git", "github"),
        ("<https://codeberg.org/you/product/src/branch/main>", "https://codeberg.org/you/product", "gitea"),
        ("https://gitlab.com/a/b/product", "https://gitlab.com/a/b/product.git", "gitlab"),
        ("https://gitlab.com/a/b/product/-/merge_requests/4", "https://gitlab.com/a/b/product.git", "gitlab"),
        ("https://gitlab.com/a/product.git", "https://gitlab.com/a/product.git", "gitlab"),
        ("https://git.example.org/pub/scm/linux.git", "https://git.example.org/pub/scm/linux.git", "none"),
        ("https://git.example.org/o/r/tree/main", "https://git.example.org/o/r", "none"),
        ("https://git.example.org/team/nested/wiki", "https://git.example.org/team/nested/wiki", "none"),
        ("https://git.example.org:443/o/r", "https://git.example.org/o/r", "none"),
        ("http://localhost:3000/o/r.git", "http://localhost:3000/o/r.git", "none"),
        ("file:///srv/git/product.git/", "file:///srv/git/product.git", "none"),
    ],
)  # fmt: skip
def test_the_repository_of_what_was_pasted(pasted: str, url: str, forge: str) -> None:
    found = understood(pasted, protocols=ALL)
    assert (found.url, found.forge, found.username, found.token) == (url, forge, "", "")


@pytest.mark.parametrize(
    ("pasted", "username", "token"),
    [
        ("https://ada:s3cret@git.example.org/o/r", "ada", "s3cret"),
        ("https://ada:p%40ss@git.example.org/o/r", "ada", "p@ss"),
        ("https://ada@git.example.org/o/r", "ada", ""),
        ("https://git@github.com/you/product.git", "", ""),
        ("https://ghp_abcdefgh@github.com/you/product", "", "ghp_abcdefgh"),
        ("https://ghp_abcdefgh:x-oauth-basic@github.com/you/product", "", "ghp_abcdefgh"),
        ("https://oauth2:glpat-abc@gitlab.com/a/product.git", "oauth2", "glpat-abc"),
    ],
)
def test_user_name_and_token_are_taken_out(pasted: str, username: str, token: str) -> None:
    found = understood(pasted)
    assert (found.username, found.token) == (username, token)
    assert "@" not in found.url
    assert token == "" or token not in repr(found)


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "such as https://github.com/you/product"),
        ("product", "It must begin with https://"),
        ("you/product", "It must begin with https://"),
        ("git@github.com:you/product.git", "over ssh yet. Use https with a token that may read: https://github.com/you/product.git"),
        ("ssh://git@git.example.org:2222/o/r.git", "that may read: https://git.example.org/o/r.git"),
        ("git://git.example.org/o/r.git", "that may read: https://git.example.org/o/r.git"),
        ("ext::sh -c touch% /tmp/x", "https://"),
        ("ftp://git.example.org/o/r", "“ftp” is not a way it knows"),
        ("/srv/git/product.git", "file:///srv/git/product.git"),
        ("file:///srv/git/product.git", "set NIGHTDESK_GIT_PROTOCOLS=https,file and start it again"),
        ("http://git.example.org/o/r", "set NIGHTDESK_GIT_PROTOCOLS=https,http and start it again"),
        ("https://github.com/you", "the owner and the repository's name"),
        ("https://git.example.org/", "the owner and the repository's name"),
        ("https://git.example.org/o/r?x=1", "question mark"),
        ("https://git.exa\\mple.org/o/r", "control character"),
        ("https://[::1/o/r", "not a valid URL"),
        ("https://" + "a" * 600 + ".org/o/r", "valid"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_explained(pasted: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        understood(pasted)
    assert said in refused.value.messages[0]


@pytest.mark.parametrize(
    "pasted",
    ["ada:s3cret@x", "ssh://ada:s3cret@git.example.org/o/r", "ftp://ada:s3cret@x/y",
     "http://ada:s3cret@git.example.org/o/r", "https://ada:s3cret@", "https://ada:s3cret@exa mple.org/o"],
)  # fmt: skip
def test_no_refusal_repeats_a_token(pasted: str) -> None:
    with pytest.raises(ValidationError) as refused:
        understood(pasted)
    assert "s3cret" not in " ".join(refused.value.messages)


def test_the_line_to_set_keeps_what_is_allowed_already() -> None:
    with pytest.raises(ValidationError, match="NIGHTDESK_GIT_PROTOCOLS=https,http,file"):
        understood("file:///srv/x.git", protocols=("https", "http"))


def test_two_spellings_of_one_repository() -> None:
    assert same("https://GitHub.com/you/product", "https://github.com/you/product.git/")
    assert not same("https://github.com/you/product", "https://github.com/you/Product")
    assert not same("https://github.com/you/product", "http://github.com/you/product")
