"""The list of checks in a terminal: every check a line, the last line says what is open."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from hotfixes.lifecycle.start import start
from hotfixes.models import CheckResult, Hotfix
from incidents.models import Incident
from products.models import Product
from tests.api.conftest import Script
from tests.factories import join, make_user


@pytest.fixture(autouse=True)
def hotfix(product: Product, ada: User, opened: dict[str, Any]) -> Hotfix:
    Product.objects.filter(pk=product.pk).update(version="0.1.0")
    return start(Incident.objects.by_ref(opened["ref"]), by=ada)


def answered(hotfix: Hotfix, key: str, verdict: str, summary: str, **given: Any) -> None:
    now = moment.now()
    CheckResult.objects.create(
        hotfix=hotfix, key=key, verdict=verdict, summary=summary, observed_at=now, looked_at=now, **given
    )


def lines(script: Script, query: str = "") -> list[str]:
    answer = script("GET", f"/hotfixes/HF-1/checks.txt{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    text: str = answer.content.decode()
    assert text.endswith("\n")
    return text.splitlines()


def test_every_check_is_a_line_and_the_last_one_counts(script: Script, hotfix: Hotfix) -> None:
    answered(hotfix, "severity_assessed", "PASS", "Ada has assessed the severity.")
    answered(
        hotfix, "cut_from_tag", "FAIL", "Cut from main.", next_text="Cut it anew.", next_commands=["git x"]
    )
    answered(hotfix, "release_published", "UNKNOWN", "Can't tell.")
    found = lines(script)
    assert found[0] == "HF-1  Staff Mobile 0.1.0 → 0.1.1"
    assert found[3] == " 1  done        Severity assessed and written down     Ada has assessed the severity."
    assert found[4] == " 2  not right   Branch made from the production tag    Cut from main."
    assert found[-4:-1] == ["Next: Cut it anew.", "  git x", ""]
    checks = [line for line in found if re.match(r" ?\d+  ", line)]
    assert found[-1] == f"1 not right, {len(checks) - 3} waiting, 1 can't tell"


def test_there_are_no_colours_unless_asked_for(script: Script, hotfix: Hotfix) -> None:
    answered(hotfix, "cut_from_tag", "FAIL", "Cut from main.")
    assert not any("\x1b" in line for line in lines(script))
    assert any("\x1b[31mnot right" in line for line in lines(script, "?color=1"))
    assert lines(script, "?color=1")[-1] == lines(script)[-1]


def test_what_others_wrote_steers_no_terminal(script: Script, hotfix: Hotfix) -> None:
    answered(
        hotfix,
        "commit_message",
        "FAIL",
        "\x1b]0;owned\x07 The message\r\nis “x\u202e”.",
        next_commands=["a\x1b[2J"],
    )
    text = "\n".join(lines(script))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_outsiders_find_nothing_and_a_browser_reads_the_same(
    script: Script, ada: User, script_of: Callable[..., Script]
) -> None:
    assert script_of(make_user("zoe@example.test"))("GET", "/hotfixes/HF-1/checks.txt").status_code == 404
    assert script("GET", "/hotfixes/HF-99/checks.txt").status_code == 404
    assert script_of(ada, "ingest")("GET", "/hotfixes/HF-1/checks.txt").status_code == 200
    client = Client()
    client.force_login(ada)
    page = client.get("/hotfixes/HF-1/checks.txt")
    assert (page.status_code, page.content.decode().splitlines()) == (200, lines(script))
    join(ben := make_user("ben@example.test"), Incident.objects.get().product.team)
    Incident.objects.update(private=True)
    client.force_login(ben)
    assert client.get("/hotfixes/HF-1/checks.txt").status_code == 404
