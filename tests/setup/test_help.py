"""What a person at a terminal is led to: our own commands, and the demo's data."""

import shlex
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from config.starting import command_line, commands

OURS = {
    path.stem
    for app in ("accounts", "config", "incidents", "products")
    for path in (settings.BASE_DIR / app / "management" / "commands").glob("[!_]*.py")
}


@pytest.mark.parametrize("typed", ["", "help", "--help", "-h"])
def test_help_lists_our_own_commands_with_a_line_each(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    command_line.run(["manage.py", *shlex.split(typed)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Usage: ./run COMMAND [OPTIONS]. ./run help COMMAND says what a command takes."
    listed = [line.split()[0] for line in lines if line.startswith("  ")]
    # Django's own, which prepare runs: nobody needs it by itself.
    assert sorted(listed) == sorted(OURS - {"migrate"})
    said = [line.split(maxsplit=1)[1] for line in lines if line.startswith("  ")]
    assert [
        line for line in said if not (line[0].isupper() and line.endswith(".") and len(line) <= 100)
    ] == []


def test_djangos_commands_stand_behind_it(capsys: pytest.CaptureFixture[str]) -> None:
    command_line.run(["manage.py", "help", "--all"])
    assert "dbshell" in capsys.readouterr().out
    assert "help --all" in commands.listing()


@pytest.mark.django_db
def test_who_is_not_here_may_be_the_demos(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.NIGHTDESK_DATA, settings.DATABASE_URL = tmp_path, ""  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match=r"^Nobody here has the address demo@example\.test\.$"):
        call_command("reset", "demo@example.test", stdout=StringIO())
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "demo").touch()
    with pytest.raises(CommandError) as refused:
        call_command("reset", "demo@example.test", stdout=StringIO())
    place = tmp_path / "demo"
    assert str(refused.value) == (
        "Nobody here has the address demo@example.test. "
        f"The demo keeps its data in {place}: NIGHTDESK_DATA={place} ./run reset EMAIL looks there."
    )
