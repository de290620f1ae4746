"""A monitor's path reads a regular file under the operator's folders, and nothing else (outside, links, FIFO,
devices).
"""

import os
import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from monitoring import files
from monitoring.files import FileRefusal, FileText, read


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "below" / "deep").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.json").write_text("secret")
    (root / "summary.json").write_text("{}")
    (root / "below" / "deep" / "summary.json").write_text("[]")
    return root


def code(path: Path | str, root: Path) -> str:
    found = read(str(path), [root])
    return found.code if isinstance(found, FileRefusal) else "read"


def test_a_file_is_read_with_the_moment_of_its_last_writing(root: Path) -> None:
    os.utime(root / "summary.json", (1_700_000_000, 1_700_000_000))
    assert read(f"{root}/summary.json", [root]) == FileText(
        b"{}", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    )


@pytest.mark.parametrize("path", ["below/deep/summary.json", "//below/./deep//summary.json"])
def test_a_file_further_below_is_read(path: str, root: Path) -> None:
    assert read(f"{root}/{path}", [root]) == FileText(b"[]", datetime.fromtimestamp(
        (root / "below/deep/summary.json").stat().st_mtime, UTC))  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "../outside/secret.json",
        "below/../../outside/secret.json",
        "..",
        "below/..",
        "a\x00b",
        "a\nb",
        "a\x1bb",
        "\ud800",
    ],
)
def test_a_path_that_tries_to_leave_or_deceive_is_refused(path: str, root: Path) -> None:
    assert code(f"{root}/{path}", root) == "bad_path"


@pytest.mark.parametrize(
    "path", ["", "summary.json", "./summary.json", "~/x", "file:///etc/passwd", "/", "//", "/" + "a" * 1100]
)
def test_a_path_that_is_none_is_refused(path: str, root: Path) -> None:
    assert code(path, root) == "bad_path"


def test_outside_the_answer_is_the_same_whether_the_file_exists_or_not(root: Path) -> None:
    outside = root.parent / "outside"
    there, missing = read(f"{outside}/secret.json", [root]), read(f"{outside}/nothing.json", [root])
    assert there == missing
    assert isinstance(there, FileRefusal)
    assert there.code == "refused_path"
    assert there.detail.endswith(f"set NIGHTDESK_FILE_ROOTS={root}:{outside} and restart.")


@pytest.mark.parametrize("path", ["/etc/passwd", "/dev/zero", "/proc/self/environ", "/etc/no-such-file"])
def test_without_folders_nothing_is_read(path: str, settings: Settings) -> None:
    settings.NIGHTDESK_FILE_ROOTS = []
    found = read(path)
    assert isinstance(found, FileRefusal)
    assert found.code == "refused_path"


def test_a_folder_whose_name_only_begins_alike_is_outside(root: Path) -> None:
    twin = root.with_name("root-twin")
    twin.mkdir()
    (twin / "summary.json").write_text("{}")
    assert code(twin / "summary.json", root) == "refused_path"


def test_the_root_itself_is_no_file(root: Path) -> None:
    assert code(root, root) == "refused_path"


def test_a_link_out_is_refused(root: Path) -> None:
    (root / "link.json").symlink_to(root.parent / "outside" / "secret.json")
    (root / "folder").symlink_to(root.parent / "outside")
    assert (code(root / "link.json", root), code(root / "folder" / "secret.json", root)) == (
        "symlink",
        "symlink",
    )


def test_a_link_to_a_neighbour_is_refused_too(root: Path) -> None:
    (root / "link.json").symlink_to("summary.json")
    (root / "folder").symlink_to("below")
    assert (code(root / "link.json", root), code(root / "folder/deep/summary.json", root)) == (
        "symlink",
        "symlink",
    )


def test_a_root_that_is_a_link_is_the_operators_word(root: Path) -> None:
    alias = root.with_name("alias")
    alias.symlink_to(root)
    assert code(alias / "summary.json", alias) == "read"


def test_a_pipe_does_not_hang(root: Path) -> None:
    os.mkfifo(root / "pipe.json")
    began = time.monotonic()
    assert code(root / "pipe.json", root) == "not_regular"
    assert time.monotonic() - began < 10


def test_a_folder_and_a_socket_are_no_files(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)  # socket paths are short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s.json")
        assert (code(root / "below", root), code(root / "s.json", root)) == ("not_regular", "not_regular")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_a_device_is_no_file() -> None:
    assert (code("/dev/zero", Path("/dev")), code("/dev/null", Path("/dev"))) == (
        "not_regular",
        "not_regular",
    )


@pytest.mark.parametrize(
    ("size", "wanted"), [(1_000_000, "read"), (1_000_001, "too_large"), (5_000_000_000, "too_large")]
)
def test_a_file_is_read_up_to_one_megabyte(size: int, wanted: str, root: Path) -> None:
    with (root / "big.json").open("wb") as file:
        file.truncate(size)
    assert code(root / "big.json", root) == wanted


@pytest.mark.parametrize(
    "path", ["missing.json", "below/missing.json", "no/such/folder.json", "summary.json/x"]
)
def test_what_is_missing_inside_is_said(path: str, root: Path) -> None:
    assert code(root / path, root) == "not_found"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission_is_said(root: Path) -> None:
    (root / "summary.json").chmod(0)
    assert code(root / "summary.json", root) == "unreadable"


def test_a_missing_root_is_said(root: Path) -> None:
    assert code(root / "gone" / "x.json", root / "gone") == "not_found"


def test_the_deepest_root_counts(root: Path) -> None:
    assert isinstance(
        read(f"{root}/below/deep/summary.json", [root / "below", root, root / "missing"]), FileText
    )


def test_swapping_a_file_for_a_link_gains_nothing(root: Path) -> None:
    """One thread swaps a file and a folder for links out, as fast as it can; no reading ever brings the
    secret.
    """
    (root.parent / "outside" / "summary.json").write_text("secret")
    stop = threading.Event()

    def swap() -> None:
        for name, target in (("f", root.parent / "outside/secret.json"), ("d", root.parent / "outside")):
            (root / f"{name}.link").symlink_to(target)
        (root / "f.real").write_text("{}")
        (root / "d.real").mkdir()
        (root / "d.real" / "secret.json").write_text("{}")
        while not stop.is_set():
            for name in ("f", "d"):
                for kind in ("link", "real"):
                    (root / f"{name}.{kind}").rename(root / name)
                    (root / name).rename(root / f"{name}.{kind}")

    thread = threading.Thread(target=swap)
    thread.start()
    bodies, codes = set[bytes](), set[str]()
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        for path in (root / "f", root / "d" / "secret.json"):
            found = read(str(path), [root])
            if isinstance(found, FileText):
                bodies.add(found.body)
            else:
                codes.add(found.code)
    stop.set()
    thread.join()
    assert bodies <= {b"{}"}
    assert codes <= {"symlink", "not_found"}


def test_a_path_is_judged_for_a_form_without_touching_the_disk() -> None:
    assert (files.problem("/etc/no-such-file"), files.problem("/a/../b")) == (
        "",
        "The path must not contain “..”.",
    )


@pytest.mark.parametrize(
    "path",
    ["/etc/shadow", "/dev/sda", "/proc/self/environ", "/sys/power/state", "/root/x", "/passwd", "/home/ada/.ssh/id_rsa",
     "/run/secrets/db"],
)  # fmt: skip
def test_no_refusal_suggests_to_open_the_systems_own_folders(path: str) -> None:
    found = files.read(path, [])
    assert isinstance(found, files.FileRefusal)
    assert (found.code, "NIGHTDESK_FILE_ROOTS" in found.detail) == ("refused_path", False)
    assert found.detail.endswith("Copy what is to be watched into a folder of its own.")


def test_no_refusal_suggests_to_open_our_own_secrets(settings: Settings) -> None:
    found = files.read(f"{settings.NIGHTDESK_DATA}/encryption_keys", [])
    assert isinstance(found, files.FileRefusal)
    assert "NIGHTDESK_FILE_ROOTS" not in found.detail
