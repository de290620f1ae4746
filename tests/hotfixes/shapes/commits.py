"""What commits look like: empty, signed, with trailers, in other scripts, with notes and replacements beside them."""

from collections.abc import Iterator

from tests.hotfixes.checks.stories import BEFORE, BRANCH, FIXED, MESSAGE, NOTED, TAG, Story
from tests.hotfixes.shapes.people import (
    OTHER,
    STEPS,
    main_goes_on,
    one_commit,
)
from tests.hotfixes.shapes.shape import shape
from tests.hotfixes.shapes.states import CHANGELOG, EMPTY, FIX, MERGED, NONE, TAGGED

type Seen = Iterator[dict[str, str]]

BARE = {"commit_message": "FAIL", "tests_passed": "PENDING"}


@shape()
def empty_commits(story: Story) -> Seen:
    """`--allow-empty` with perfect words changes nothing: no fix, whatever it says. Behind the fix it does no harm."""
    yield NONE
    story.commit(BEFORE, MESSAGE)
    yield EMPTY
    story.commit(FIXED, MESSAGE)
    story.commit(FIXED, "ci: run again\n")
    yield FIX


@shape()
def fix_with_a_scope_and_trailers(story: Story) -> Seen:
    """`fix(login)!:` and lines such as Co-authored-by are still what was agreed."""
    trailers = (
        "\nCo-authored-by: Ben <ben@example.test>\nSigned-off-by: Ada <ada@example.test>\nReviewed-by: Olga\n"
    )
    yield NONE
    story.commit(FIXED, MESSAGE.replace("fix: ", "fix(login)!: ") + trailers)
    yield FIX


@shape()
def message_with_crlf(story: Story) -> Seen:
    """Written on Windows with `cleanup = verbatim`."""
    yield NONE
    story.commit(FIXED, MESSAGE.replace("\n", "\r\n"))
    yield FIX


@shape()
def message_not_in_ascii(story: Story) -> Seen:
    """Names, paths and words in other scripts."""
    message = MESSAGE.replace("sign-in fails", "Вход не работает 🔑").replace(
        "Tested: on", "Tested: auf größerem"
    )
    yield NONE
    tip = story.repository.commit(
        {**FIXED, "lib/größe.dart": "ß\n"},
        message,
        parents=[story.base],
        author="Jürgen Ößterreich <j@example.test>",
    )
    story.repository.branch(BRANCH, tip)
    yield FIX | {"minimal_diff": "WARN"}  # a new file


@shape()
def signed_commit_and_tag(story: Story) -> Seen:
    """A `gpgsig` header and a signature under the tag's words are passed by; signatures prove nothing here."""
    yield NONE
    story.whole_fix()
    raw = story.repository
    tip = signed(story, STEPS[-1][0], MESSAGE)
    yield CHANGELOG
    story.repository.branch("main", tip)
    yield MERGED
    words = (
        f"object {tip}\ntype commit\ntag {TAG}\ntagger Ada <ada@example.test> {raw.at} +0200\n\nHOTFIX: sign-in fails\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEzBAABCAAdFiEE\n-----END PGP SIGNATURE-----\n"
    )
    story.repository.tag(TAG, tip, raw=words.encode())
    yield TAGGED


def signed(story: Story, files: object, message: str) -> str:
    """One signed commit on the base tag, as the branch."""
    repository = story.repository
    tree = repository.tree(files)  # type: ignore[arg-type]
    who = f"Ada <ada@example.test> {repository.at} +0200"
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEzBAABCAAdFiEE\n -----END PGP SIGNATURE-----\n"
    head = f"tree {tree}\nparent {story.base}\nauthor {who}\ncommitter {who}\n{signature}\n{message}"
    return repository.branch(BRANCH, repository.write("commit", head.encode()))


@shape()
def notes_and_replace_refs(story: Story) -> Seen:
    """`refs/notes` and `refs/replace` are nobody's branches: a forged replacement of the fix is not looked at."""
    yield NONE
    tip = one_commit(story, FIXED, "fix: sign-in fails\n")
    forged = story.repository.commit(NOTED, MESSAGE, parents=[story.base])
    story.repository.ref(f"refs/replace/{tip}", forged)
    story.repository.ref(
        "refs/notes/commits", story.repository.commit({tip: "Tested: yes\n"}, "Notes\n", parents=[])
    )
    yield FIX | BARE


@shape()
def a_graft_on_the_server(story: Story) -> Seen:
    """A grafts file that hides main's work from git there changes nothing here."""
    main = main_goes_on(story)
    yield NONE | {"ff_possible": "FAIL"}
    tip = story.repository.commit({**FIXED, **OTHER}, MESSAGE, parents=[main])
    story.repository.branch(BRANCH, tip)
    (story.repository.path / "info").mkdir(exist_ok=True)
    (story.repository.path / "info" / "grafts").write_text(f"{tip} {main}\n")
    yield FIX | {"cut_from_tag": "FAIL"}
