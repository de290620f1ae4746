"""`./run process check | import | export`."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from products.models import Process
from products.sources.shipped import FOLDER
from tests.products.documents import GOOD, damaged


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("process", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(GOOD)
    return path


def test_check_praises_a_good_file_without_a_database(file: Path) -> None:
    *findings, praise = run("check", str(file)).splitlines()
    assert praise == f"{file}: good. shop: 2 severities, 1 clocks, 0 roles, 0 steps, 0 boxes, 0 messages."
    assert [finding.split(": ")[1] for finding in findings] == ["N14"]


def test_check_says_what_is_questionable_and_what_settles_it() -> None:
    said = run("check", str(FOLDER / "krow.yaml")).splitlines()
    assert next(line for line in said if " C13 policy.build: " in line).endswith(
        "Settled: The build number of a mobile app goes up by one together with the last part of the version."
    )
    assert next(line for line in said if " N10 roles[2]: " in line).endswith(
        "To settle it: Name `deputies`, or list several people for the role on each product."
    )


def test_check_names_what_is_wrong(file: Path) -> None:
    file.write_bytes(damaged("mark: critical", "mark: red"))
    with pytest.raises(CommandError) as refused:
        run("check", str(file))
    assert str(refused.value).startswith(f"{file}:7: severities[0].mark: expected")
    assert refused.value.returncode == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"gone.yaml: No such file or directory"):
        run("check", str(tmp_path / "gone.yaml"))


@pytest.mark.django_db
def test_import_stores_a_version_once(file: Path) -> None:
    assert run("import", str(file)) == "shop: version 1 stored.\n"
    assert run("import", str(file)) == "shop: version 1 is this text already, nothing stored.\n"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["archy", "krow"])
def test_export_is_import_byte_for_byte(name: str) -> None:
    run("import", str(FOLDER / f"{name}.yaml"))
    assert run("export", name).encode() == (FOLDER / f"{name}.yaml").read_bytes()


@pytest.mark.django_db
def test_export_of_an_unknown_process_says_which_there_are(file: Path) -> None:
    run("import", str(file))
    with pytest.raises(CommandError, match=r"There is no process 'shoop'\. Known: shop\."):
        run("export", "shoop")
    assert Process.objects.count() == 1
