"""Raw objects and messages of git to values: tables of real and of odd ones."""

from datetime import UTC, datetime

import pytest

from hotfixes.git import batch, parsing
from hotfixes.git.diagnose import failure
from hotfixes.git.process import Result
from hotfixes.git.progress import Phase, Progress, Reading
from hotfixes.git.reader import Signature
from hotfixes.git.trouble import GitError, Trouble
from hotfixes.git.version import number

AT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada <a@b.c> 1700000000 +0100", Signature("Ada", "a@b.c", AT, 60)),
        ("Ada B <a@b.c> 1700000000 -0330", Signature("Ada B", "a@b.c", AT, -210)),
        ("<a@b.c> 1700000000 +0000", Signature("", "a@b.c", AT, 0)),
        ("Ada <> 1700000000 +0000", Signature("Ada", "", AT, 0)),
        ("Ada <a@b.c>", Signature("Ada", "a@b.c", None, 0)),
        ("Ada <a@b.c> 99999999999999999 +0000", Signature("Ada", "a@b.c", None, 0)),
        (
            "Ada <a@b.c> -1 +0000",
            Signature("Ada", "a@b.c", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), 0),
        ),
        ("Ada <a@b.c> yesterday", Signature("Ada", "a@b.c", None, 0)),
        ("only a name", Signature("only a name", "", None, 0)),
        ("", Signature("", "", None, 0)),
        ("A <x> B <a@b.c> 1700000000 +0000", Signature("A", "x", None, 0)),
    ],
)
def test_who_and_when(text: str, expected: Signature) -> None:
    assert parsing.signature(text) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Fix\n", ("Fix", "")),
        ("Fix\n\nBody\n", ("Fix", "Body")),
        ("Fix\r\n\r\nBody\r\nmore\r\n", ("Fix", "Body\nmore")),
        ("\n\nFix\non two lines\n\n\n\nBody\n", ("Fix on two lines", "Body")),
        ("Fix\n   \nBody", ("Fix", "Body")),
        ("", ("", "")),
        ("v1\n\nNotes\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n", ("v1", "Notes")),
        ("v1\n-----BEGIN SSH SIGNATURE-----\nx\n", ("v1", "")),
        ("-----BEGIN PGP SIGNATURE-----\nx\n", ("", "")),
    ],
)
def test_subject_and_body(message: str, expected: tuple[str, str]) -> None:
    assert parsing.split_message(message) == expected


def test_a_commit_in_another_encoding_with_a_signature_and_odd_headers() -> None:
    raw = (
        b"tree " + b"1" * 40 + b"\nparent " + b"2" * 40 + b"\nauthor A <a@b.c> 1700000000 +0100\n"
        b"committer C <c@b.c> 1700000000 +0100\nencoding ISO-8859-1\ngpgsig -----BEGIN PGP SIGNATURE-----\n"
        b" parent " + b"9" * 40 + b"\n -----END PGP SIGNATURE-----\n\nCaf\xe9\n\nnull\0byte\n"
    )
    found = parsing.commit("0" * 40, raw)
    assert (found.subject, found.body, found.parents) == ("Café", "null�byte", ("2" * 40,))
    assert parsing.commit("0" * 40, raw.replace(b"ISO-8859-1", b"no-such-code")).subject == "Caf�"
    assert parsing.commit("0" * 40, b"tree x\n").author == Signature("", "", None)
    with pytest.raises(parsing.Malformed):
        parsing.commit("0" * 40, b"author A <a@b.c> 1 +0000\n\nNo tree\n")


def test_a_batch_is_taken_apart_by_its_sizes() -> None:
    said = b"a1 commit 5\nab\nc\n\nb2 missing\nc3 blob 0\n\n"
    assert list(batch.objects(said)) == [
        batch.Object("a1", "commit", b"ab\nc\n"),
        None,
        batch.Object("c3", "blob", b""),
    ]
    for cut in (b"a1 commit 5\nab", b"a1 com"):
        with pytest.raises(GitError):
            list(batch.objects(cut))


@pytest.mark.parametrize(
    ("stderr", "expected"),
    [
        ("fatal: unable to access 'https://x/': Could not resolve host: x", Trouble.NAME),
        (
            "fatal: unable to access 'https://x/': Failed to connect to x port 443 after 0 ms",
            Trouble.UNREACHABLE,
        ),
        ("fatal: unable to access 'https://x/': server certificate verification failed.", Trouble.TLS),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 403", Trouble.CREDENTIALS),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 503", Trouble.REMOTE),
        (
            "fatal: unable to access 'https://x/': Operation too slow. Less than 1000 bytes/sec",
            Trouble.TIMEOUT,
        ),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", Trouble.CREDENTIALS),
        (
            "fatal: unable to access 'https://x/': GnuTLS recv error (-110): non-properly terminated.",
            Trouble.REMOTE,
        ),
        (
            "fatal: unable to access 'https://x/': gnutls_handshake() failed: An unexpected TLS packet",
            Trouble.TLS,
        ),
        (
            "fatal: unable to access 'https://x/': SSL certificate problem: certificate has expired",
            Trouble.TLS,
        ),
        ("fatal: Authentication failed for 'https://x/'", Trouble.CREDENTIALS),
        ("fatal: repository 'https://x/' not found", Trouble.NOT_A_REPOSITORY),
        ("fatal: detected dubious ownership in repository at '/srv/x'", Trouble.NOT_A_REPOSITORY),
        (
            "error: object 1: x\nfatal: fsck error in packed object\nfatal: fetch-pack: invalid index-pack output",
            Trouble.CORRUPT,
        ),
        ("fatal: write error: No space left on device", Trouble.DISK),
        ("fatal: Out of memory, malloc failed (tried to allocate 9 bytes)", Trouble.MEMORY),
        ("error: index-pack died of signal 25\nfatal: index-pack failed", Trouble.TOO_BIG),
        ("error: index-pack died of signal 24\nfatal: index-pack failed", Trouble.CPU),
        ("fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF", Trouble.REMOTE),
        ("error: cannot lock ref 'refs/heads/a': 'refs/heads/a/b' exists", Trouble.BUSY),
        ("fatal: something nobody has seen", Trouble.UNKNOWN),
        ("remote: fatal: Out of memory\nfatal: the remote end hung up unexpectedly", Trouble.REMOTE),
        (
            " ! [rejected] certificate -> fsck error (no space left on device)\nfatal: nobody knows",
            Trouble.UNKNOWN,
        ),
        ("fatal: unable to access 'https://out of memory/certificate/': nobody knows", Trouble.REMOTE),
        ("12:00:00.123456 http.c:684 <= Recv header: x: out of memory\nfatal: nobody knows", Trouble.UNKNOWN),
    ],
)
def test_what_git_says_is_understood(stderr: str, expected: Trouble) -> None:
    assert failure(Result(128, b"", stderr.encode())).trouble == expected


def test_a_death_by_signal_is_understood() -> None:
    assert [failure(Result(-n, b"", b"")).trouble for n in (24, 25, 9, 6)] == [
        Trouble.CPU,
        Trouble.TOO_BIG,
        Trouble.CPU,
        Trouble.MEMORY,
    ]
    assert failure(Result(1, b"", b"")).detail == "exit code 1"


def test_progress_never_falls_and_survives_any_cut() -> None:
    lines = (
        b"remote: Counting objects:  50% (1/2)\rremote: Compressing objects: 100% (2/2)\n"
        b"Receiving objects:  10% (1/9)\rReceiving objects:   5% (1/9)\rnoise \xff\x00 999%\r"
        b"Receiving objects: 100% (9/9), done.\nResolving deltas:  50% (1/2)\r"
    )
    whole: list[Progress] = []
    pieces: list[Progress] = []
    Reading(whole.append).hear(lines)
    cut = Reading(pieces.append)
    for n in range(len(lines)):
        cut.hear(lines[n : n + 1])
    assert whole == pieces
    assert [(step.phase, step.percent) for step in whole] == [
        (Phase.PREPARING, 1),
        (Phase.PREPARING, 10),
        (Phase.RECEIVING, 16),
        (Phase.RECEIVING, 75),
        (Phase.RESOLVING, 87),
    ]


def test_progress_heard_late_and_all_at_once_leaves_no_phase_out() -> None:
    """A busy machine reads what git wrote in one piece."""
    words = ("remote: Counting objects", "Receiving objects")
    told: list[Progress] = []
    Reading(told.append).hear(
        b"".join(f"{word}: {n:3}% (1/2)\r".encode() for word in words for n in range(101))
    )
    assert [step.percent for step in told] == [1, 2, 3, *range(10, 76)]
    assert {step.phase for step in told} == {Phase.PREPARING, Phase.RECEIVING}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("git version 2.39.5\n", (2, 39, 5)),
        ("git version 2.39.5 (Apple Git-154)", (2, 39, 5)),
        ("git version 2.52.0.windows.1", (2, 52, 0)),
        ("git version 2.47.0-rc1", (2, 47, 0)),
        ("something else", ()),
    ],
)
def test_versions_of_git(said: str, expected: tuple[int, ...]) -> None:
    assert number(said) == expected
