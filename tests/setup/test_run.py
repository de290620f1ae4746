"""`run`: finds its tools, prepares the environment only when it must, hands everything on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
COREUTILS = ("sh", "dirname", "cmp", "rm", "cp", "cat", "mkdir", "ln", "chmod", "tr")
# Stands where uv would: writes down what it was asked and makes the environment out of this very Python.
UV = """#!/bin/sh
echo "$@" >> "$HOME/asked"
[ "$1" = venv ] && for last; do :; done && mkdir -p "$last/bin" && ln -s "{python}" "$last/bin/python"
exit 0
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose commands only say how they were called."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    shutil.copy(ROOT / "run", folder)
    (folder / "requirements.lock").write_text("one==1\n")
    says = "import os, sys; print(*sys.argv[1:], os.getcwd(), sep='|')"
    (folder / "manage.py").write_text(says)
    (folder / "pytest.py").write_text(says)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in COREUTILS:
        (tools / name).symlink_to(shutil.which(name, path="/usr/bin:/bin") or name)
    return folder


def give_uv(checkout: Path) -> None:
    """A uv on PATH."""
    uv = checkout.parent / "bin" / "uv"
    uv.write_text(UV.format(python=sys.executable))
    uv.chmod(0o755)


def run(checkout: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Call it from another folder, with next to nothing in the environment."""
    home = checkout.parent
    return subprocess.run(
        [checkout / "run", *arguments],
        cwd="/",
        env={"PATH": str(home / "bin"), "HOME": str(home), **more},
        capture_output=True,
        text=True,
        check=False,
    )


def asked(checkout: Path) -> list[str]:
    """The first two words of everything uv was asked."""
    return [" ".join(line.split()[:2]) for line in (checkout.parent / "asked").read_text().splitlines()]


def test_it_hands_every_argument_on_as_it_is_and_stays_in_the_folder_it_was_called_in(checkout: Path) -> None:
    give_uv(checkout)
    assert run(checkout, "process", "check", "a file", "").stdout == "process|check|a file||/\n"


def test_the_tests_run_in_the_checkout_on_as_many_workers_as_it_can_feed(checkout: Path) -> None:
    give_uv(checkout)
    assert (
        run(checkout, "test", "-k", "a or b").stdout
        == f"-n|auto|--dist|loadscope|--no-loadscope-reorder|-k|a or b|{checkout}\n"
    )


def test_the_environment_is_prepared_once_and_again_when_the_lock_has_changed(checkout: Path) -> None:
    give_uv(checkout)
    for _ in range(2):
        assert run(checkout, "x").returncode == 0
    assert asked(checkout) == ["--version", "venv --quiet", "pip sync"]
    (checkout / "requirements.lock").write_text("one==2\n")
    assert run(checkout, "x").returncode == 0
    assert asked(checkout)[3:] == ["--version", "pip sync"]
    assert "--require-hashes" in (checkout.parent / "asked").read_text()


def test_what_was_compiled_is_kept_for_the_next_process_also_where_a_shell_says_otherwise(
    checkout: Path,
) -> None:
    give_uv(checkout)
    (checkout / "manage.py").write_text("import sys; print(sys.dont_write_bytecode)")
    assert run(checkout, "x", PYTHONDONTWRITEBYTECODE="1").stdout == "False\n"


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Path) -> None:
    give_uv(checkout)
    run(checkout, "x")
    (checkout / ".venv" / "bin" / "python").unlink()
    (checkout / ".venv" / "bin" / "python").symlink_to("/gone")
    assert run(checkout, "x").stdout == "x|/\n"
    assert asked(checkout)[3:] == ["--version", "venv --quiet", "pip sync"]


def test_a_shim_that_refuses_to_work_is_passed_over(checkout: Path) -> None:
    give_uv(checkout)
    tools = checkout.parent / "bin"
    (checkout / ".tools" / "bin").mkdir(parents=True)
    (tools / "uv").rename(checkout / ".tools" / "bin" / "uv")
    (tools / "uv").write_text("#!/bin/sh\necho 'pyenv: uv: command not found' >&2\nexit 127\n")
    (tools / "uv").chmod(0o755)
    found = run(checkout, "x")
    assert (found.stdout, found.stderr) == ("x|/\n", "run: installing what Nightdesk needs into .venv\n")


def test_no_python_to_be_had_is_said_in_one_line(checkout: Path) -> None:
    give_uv(checkout)
    uv = checkout.parent / "bin" / "uv"
    raw = "error: No interpreter found for Python 3.13\n  Caused by: dns error\n"
    uv.write_text(f'#!/bin/sh\n[ "$1" = venv ] || exit 0\nprintf "{raw}" >&2\nexit 2\n')
    found = run(checkout, "x")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == (
        "run: installing what Nightdesk needs into .venv\n"
        "run: no Python 3.12, 3.13 or 3.14 works here, and uv could not make an environment with Python 3.13 either: "
        "install one of them and try again "
        "(uv said: error: No interpreter found for Python 3.13 Caused by: dns error)\n"
    )


def test_packages_that_cannot_be_had_are_said_and_tried_again_the_next_time(checkout: Path) -> None:
    give_uv(checkout)
    uv = checkout.parent / "bin" / "uv"
    whole = uv.read_text()
    uv.write_text(whole.replace("exit 0", '[ "$1" = pip ] && echo "dns error" >&2 && exit 2\nexit 0'))
    found = run(checkout, "x")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.splitlines()[1:] == [
        "dns error",
        "run: the packages could not be installed, for the reason above: try again when the network is there",
    ]
    uv.write_text(whole)
    assert run(checkout, "x").stdout == "x|/\n"


def test_packages_that_were_fetched_before_need_no_network(checkout: Path) -> None:
    give_uv(checkout)
    uv = checkout.parent / "bin" / "uv"
    away = (
        '[ "$1" = pip ] && case " $* " in *" --offline "*) ;; *) echo "dns error" >&2; exit 2 ;; esac\nexit 0'
    )
    uv.write_text(uv.read_text().replace("exit 0", away))
    found = run(checkout, "x")
    assert (found.returncode, found.stdout) == (0, "x|/\n")
    assert found.stderr.splitlines()[1:] == ["run: took the packages that were fetched here before"]
    assert (checkout / ".venv" / "synced.lock").read_text() == "one==1\n"


def test_nothing_to_work_with_is_said_in_one_line(checkout: Path) -> None:
    found = run(checkout, "x")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == (
        "run: neither uv nor a Python (3.9 or newer) with pip works here: install one of them and try again\n"
    )


def test_it_may_be_executed() -> None:
    assert os.access(ROOT / "run", os.X_OK)
