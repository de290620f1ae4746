"""The lines to copy work as printed: in sh, with curl, against a server that runs (A23, A24, A28, K56, K58)."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, User
from hotfixes.lifecycle.start import start
from hotfixes.models import Evidence, Hotfix
from hotfixes.reported.curl import Line, lines, token_address
from incidents.lifecycle.declare import declare
from products.models import Deployment, Product, VersionSeen
from products.token_products import make_narrow_token
from tests.factories import PASSWORD, join, make_product, make_user

needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")


def begun(process: str, title: str = "Sign-in fails", **product: Any) -> Hotfix:
    made = make_product(process=process, **product)
    Product.objects.filter(pk=made.pk).update(version="1.0.0")
    made.refresh_from_db()
    if process == "archy":
        made.environments.create(name="Dev server", slug="dev", kind="dev")
    join(ada := make_user(), made.team, Role.MANAGER)
    severity = made.severities().order_by("rank").first()
    assert severity
    hotfix = start(declare(made, by=ada, title=title, severity=severity), by=ada)
    return Hotfix.objects.for_page().get(pk=hotfix.pk)


def started_by(hotfix: Hotfix) -> User:
    assert hotfix.started_by
    return hotfix.started_by


@pytest.fixture
def sh(tmp_path: Path) -> Callable[..., str]:
    """Runs lines in a fresh repository, with a token for ingest alone."""
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.test")
    subprocess.run((*git, "init", "-q", "."), cwd=tmp_path, check=True)
    subprocess.run((*git, "commit", "-q", "--allow-empty", "-m", "x"), cwd=tmp_path, check=True)
    (tmp_path / "junit.xml").write_text('<testsuite><testcase name="a"/></testsuite>')
    (tmp_path / "a b.iso").write_text("bytes")

    def run(script: str, user: User, **env: str) -> str:
        _token, text = make_narrow_token(user, by=None, name="deploy", scopes=["ingest"])
        known = {
            "NIGHTDESK_TOKEN": text,
            "PATH": "/usr/bin:/bin:/usr/local/bin",
            "HOME": str(tmp_path),
            **env,
        }
        done = subprocess.run(
            ("sh", "-eu", "-c", script), cwd=tmp_path, env=known, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return done.stdout

    return run


@needs_curl
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("process", "counts"), [("krow", (3, 7)), ("archy", (2, 6))])
def test_every_line_works_as_printed(
    live_server: Any, settings: Settings, sh: Callable[..., str], process: str, counts: tuple[int, int]
) -> None:
    settings.NIGHTDESK_URL = live_server.url
    hotfix = begun(process)
    script = "\n".join(line.command for line in lines(hotfix))
    said = sh(
        script,
        started_by(hotfix),
        FILE="a b.iso",
        PLACE='Builds/"x" $y',
        VERSION="1.0.1",
        WHERE="web-1",
        TRY="true",
        STAGE="released",
        PERCENT="20",
    )
    assert (Deployment.objects.count(), Evidence.objects.count()) == counts, said
    assert set(Deployment.objects.values_list("status", "hotfix")) == {
        ("started", "HF-1"),
        ("succeeded", "HF-1"),
    }
    assert set(Evidence.objects.values_list("passed", flat=True)) <= {True, None}
    tests = Evidence.objects.filter(kind="tests")
    assert [(len(one.head), one.passed) for one in tests] == [(40, True)] * 2
    if process == "archy":
        stored = Evidence.objects.filter(kind="artifact").latest("pk")
        assert (stored.data["name"], stored.data["size"], stored.data["location"]) == (
            "a b.iso", 5, 'Builds/"x" $y',
        )  # fmt: skip
    else:
        assert [(one.where, one.version) for one in VersionSeen.objects.all()] == [("web-1", "1.0.1")]
        assert [one.percent for one in Deployment.objects.filter(stage="released")] == [20]
    assert re.search(r"waiting\n$", said)


@pytest.mark.django_db
def test_without_a_dev_environment_there_is_no_line_for_it() -> None:
    hotfix = begun("archy")
    hotfix.product.environments.filter(kind="dev").delete()
    assert not any("deployments" in line.command for line in lines(Hotfix.objects.for_page().get()))


@needs_curl
@pytest.mark.django_db(transaction=True)
def test_a_failure_right_before_is_told_as_one(
    live_server: Any, settings: Settings, sh: Callable[..., str]
) -> None:
    settings.NIGHTDESK_URL = live_server.url
    hotfix = begun("krow")
    ends = [line for line in lines(hotfix) if "$?" in line.command]
    script = "set +e\n" + "\n".join(f"false\n{line.command}" for line in ends)
    sh(script, started_by(hotfix), TRY="exit 3")
    assert Deployment.objects.get().status == "failed"
    assert {one.passed for one in Evidence.objects.all()} == {False}


@needs_curl
@pytest.mark.django_db(transaction=True)
def test_pasted_without_what_tries_it_a_line_sends_nothing_and_says_what_is_missing(
    live_server: Any, settings: Settings, tmp_path: Path
) -> None:
    settings.NIGHTDESK_URL = live_server.url
    line = next(line for line in lines(begun("krow")) if '"smoke"' in line.command)
    known = {"PATH": "/usr/bin:/bin:/usr/local/bin", "NIGHTDESK_TOKEN": "x"}
    done = subprocess.run(
        ("sh", "-c", line.command), cwd=tmp_path, env=known, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert done.stderr.endswith("TRY: is the command that tries it\n")
    assert not Evidence.objects.exists()


@needs_curl
@pytest.mark.django_db(transaction=True)
def test_a_variable_that_is_not_set_and_a_file_that_is_not_there_are_named(
    live_server: Any, settings: Settings, sh: Callable[..., str], tmp_path: Path
) -> None:
    settings.NIGHTDESK_URL = live_server.url
    hotfix = begun("krow")
    (tmp_path / "junit.xml").unlink()
    found = lines(hotfix)
    version = next(line for line in found if "$VERSION" in line.command)
    file = next(line for line in found if "@junit.xml" in line.command)
    told = sh(
        f"{version.command}\n{{ {file.command}; }} 2>/dev/null", started_by(hotfix), VERSION="", WHERE="web-1"
    )
    assert "is empty: the script's variable is not set." in told
    assert "This is no XML. Is the file there" in told
    assert not Evidence.objects.exists()


@needs_curl
@pytest.mark.django_db(transaction=True)
def test_a_nightdesk_that_is_down_fails_no_deployment(settings: Settings, sh: Callable[..., str]) -> None:
    settings.NIGHTDESK_URL = "http://127.0.0.1:9"
    hotfix = begun("krow")
    line = next(line for line in lines(hotfix) if "deployments" in line.command)
    assert sh(f"{{ {line.command}; }} 2>/dev/null; echo on", started_by(hotfix)).strip() == "on"


@pytest.mark.django_db
def test_each_line_says_what_it_is_for_and_where_it_belongs() -> None:
    found = lines(begun("krow"))
    steps = [*["fix"] * 2, *["deploy"] * 4, *["verify"] * 4, ""]
    assert [line.step for line in found] == steps
    assert all(isinstance(line, Line) and line.about for line in found)


@pytest.mark.django_db
def test_names_of_others_are_data_for_the_shell(tmp_path: Path) -> None:
    hotfix = begun("krow", name="Mobile: it's $(touch x) `touch y`")
    Hotfix.objects.update(new_version="1'; touch z; '", called="$(touch w)\ue000")
    hotfix = Hotfix.objects.for_page().get()
    script = "\n".join(line.command.replace("curl ", ": ", 1) for line in lines(hotfix))
    done = subprocess.run(
        ("sh", "-c", f"FILE=x PLACE=y VERSION=1 WHERE=w TRY=true STAGE=x NIGHTDESK_TOKEN=t; {script}"),
        cwd=tmp_path,
        capture_output=True,
    )
    assert (done.returncode, list(tmp_path.iterdir())) == (0, [])


@pytest.mark.django_db
def test_the_link_to_a_token_has_chosen_scope_and_product() -> None:
    hotfix = begun("krow")
    client = Client()
    client.force_login(started_by(hotfix))
    page = client.get(token_address(hotfix.product)).content.decode()
    assert re.findall(r'<input[^>]*value="(\w[\w-]*)"[^>]*checked', page) == ["ingest", hotfix.product.slug]
    assert PASSWORD not in page
