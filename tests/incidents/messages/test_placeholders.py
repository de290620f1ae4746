"""What commands and messages are filled in with: known facts, visible blanks, and words that stay words (K20, K99)."""

import shlex
import subprocess
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from foundation import moment
from incidents.lifecycle.declare import declare
from incidents.lifecycle.transitions import describe
from incidents.messages.placeholders import fill, names, put, values, versions
from incidents.work import shell
from products.models import Product
from products.versions import Version, bare
from tests.factories import make_product

NASTY = 'it\'s "down" $(touch pwned) `touch pwned` ${HOME} \\ ! ; rm -rf x | & > y\n# {new}'


@pytest.mark.parametrize(
    ("old", "bump", "expected"),
    [
        ("0.1.0", "patch", ("0.1.0", "0.1.1")),
        ("v1.0.0", "patch", ("1.0.0", "1.0.1")),
        ("0.1.0+5", "patch", ("0.1.0", "0.1.1")),
        ("1.4", "patch", ("1.4", "1.4.1")),
        ("1.9.9", "minor", ("1.9.9", "1.10.0")),
        ("1.0.0-rc.1", "patch", ("1.0.0-rc.1", "")),
        ("2026-03", "patch", ("2026-03", "")),
        ("1.0.0", "", ("1.0.0", "")),
        ("", "patch", ("", "")),
    ],
)
def test_the_new_version_is_the_old_one_raised_by_the_policy_k32_a27(
    old: str, bump: str, expected: tuple[str, str]
) -> None:
    assert versions(old, bump) == dict(zip(("old", "new"), expected, strict=True))


def test_a_version_without_its_v_and_build_k67() -> None:
    assert [bare(text) for text in ("v1.0.1", "0.1.1+6", "vNext", "")] == ["1.0.1", "0.1.1", "vNext", ""]
    assert Version.parse("١.٢.٣") is not None  # digits of other scripts are digits


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"branch": "hotfix/v{new}-{slug}", "tag": "v{new}"}, ("hotfix/v1.0.1-login", "v1.0.1", "v1.0.0")),
        (
            {"branch": "h/{new}", "tag": "{product}/prod-v{new}", "base_tag": "{product}/prod-v{old}"},
            ("h/1.0.1", "app/prod-v1.0.1", "app/prod-v1.0.0"),
        ),
        ({}, ("", "", "")),
    ],
)
def test_branch_and_tags_follow_the_policy_a21_a27_k22_k51(
    policy: dict[str, str], expected: tuple[str, str, str]
) -> None:
    known = {"old": "1.0.0", "new": "1.0.1", "slug": "login", "product": "app"}
    assert tuple(names(policy, known).values()) == expected


def test_what_is_not_known_stays_visible_and_a_doubled_brace_is_one() -> None:
    assert put("{{x}} {new} {other}", {}) == "{x} [new] {other}"


@pytest.mark.parametrize(
    ("command", "filled"),
    [
        ("git checkout {slug}", "git checkout sign-in"),
        ("git checkout {new}", "git checkout [new]"),
        ("echo {issue}", "echo 'it'\"'\"'s \"x\" $y'"),
        ('echo "{issue}"', 'echo "it\'s \\"x\\" \\$y"'),
        ("echo '{issue}'", "echo 'it'\\''s \"x\" $y'"),
        ("echo a # {issue}\nls", 'echo a # it\'s "x" $y\nls'),
        ("| {issue} |", '| it\'s "x" $y |'),
        ("echo $(cat {issue})", "echo $(cat it-s -x- -y)"),
        ("awk '{print}' ${slug} {{slug}}", "awk '{print}' ${slug} {{slug}}"),
    ],
)
def test_a_value_is_quoted_by_where_it_stands(command: str, filled: str) -> None:
    assert shell.fill(command, {"slug": "sign-in", "new": "[new]", "issue": 'it\'s "x" $y'}) == filled


SHELLS = ['printf %s "{issue}"', "printf %s '{issue}'", "printf %s {issue}", 'printf %s "a\\"{issue}"']


@pytest.mark.parametrize("command", SHELLS)
def test_no_title_breaks_out_of_its_quotes_in_a_real_shell(command: str, tmp_path: object) -> None:
    """Rows K20–K56: what a person copies runs the command of the process and nothing else."""
    line = shell.fill(command, {"issue": NASTY})
    said = subprocess.run(["bash", "-c", line], cwd=str(tmp_path), capture_output=True, text=True, check=True)
    assert said.stdout.removeprefix('a"') == " ".join(NASTY.split())


@given(st.text(st.characters(exclude_characters="$`"), min_size=1, max_size=80), st.sampled_from(SHELLS))
def test_any_title_is_one_word_to_a_reader_of_posix_quoting(title: str, command: str) -> None:
    """Three words, the last of which is the title on one line; `shlex` cannot read an escaped $ or backtick."""
    words = shlex.split(shell.fill(command, {"issue": title}))
    asked = " ".join("".join(sign if sign.isprintable() else " " for sign in title).split())
    asked = asked.lstrip("-") if command.endswith("%s {issue}") else asked
    assert words[2:] == [('a"' if "a\\" in command else "") + asked]


@pytest.mark.parametrize(
    ("command", "filled"),
    [
        ("git push origin {branch}", "git push origin receive-pack=id"),
        ("{branch}", "receive-pack=id"),
        ("ls;{branch}", "ls;receive-pack=id"),
        ("git push origin HEAD:{branch}", "git push origin HEAD:--receive-pack=id"),
        ('git commit -m "{branch}"', 'git commit -m "--receive-pack=id"'),
    ],
)
def test_a_word_of_its_own_is_never_an_option(command: str, filled: str) -> None:
    assert shell.fill(command, {"branch": "--receive-pack=id"}) == filled


@pytest.mark.django_db
def test_krows_commands_as_its_source_writes_them_k20_k37_k49_k51_k56(product: Product, ada: User) -> None:
    product.version, product.aliases = "0.1.0+5", ["Worker Mobile", "krow-withus-worker-mobile"]
    product.save(update_fields=["version", "aliases"])
    severity = product.severities().get(key="CRITICAL")
    incident = declare(product, by=ada, title='Sign-in "fails"', severity=severity)
    now = incident.declared_at + timedelta(minutes=7, seconds=30)
    steps = {step["key"]: step for step in incident.process_version.document["steps"]}
    known = values(incident, now)
    commands = {key: [shell.fill(c["run"], known) for c in step["commands"]] for key, step in steps.items()}
    name = "krow-withus-worker-mobile"
    assert commands["branch"][0] == f"git checkout -b hotfix/{name}-v0.1.1 {name}/prod-v0.1.0"
    assert commands["merge"][2] == f"git merge --ff-only hotfix/{name}-v0.1.1"
    assert commands["tag"] == [
        f'git tag -a {name}/prod-v0.1.1 -m "HOTFIX: Sign-in \\"fails\\""',
        f"git push origin {name}/prod-v0.1.1",
    ]
    assert commands["deploy"] == [f"./scripts/deploy-mobile-production.sh {name}/prod-v0.1.1"]
    assert commands["changelog"] == [f'| {now.date()} | 0.1.1 | HOTFIX: Sign-in "fails" |']
    header = incident.process_version.document["checklist"]["header"]
    assert fill(header, incident, now) == "Hotfix: Staff Mobile v0.1.0 → v0.1.1"
    assert fill("{minutes} {incident} {users_affected} {impact}", incident, now) == (
        "7 INC-1 [users_affected] [impact]"
    )
    describe(incident, by=ada, users_affected=120, users_estimated=True, affected_version="0.2.0")
    incident.refresh_from_db()
    assert fill("{users_affected}, {old} → {new}", incident, now) == "about 120, 0.2.0 → 0.2.1"


@pytest.mark.django_db
def test_archys_branch_carries_the_title_a21(ada: User) -> None:
    product = make_product(process="archy", name="Archy", version="v1.0.0")
    title = "The node does not start after the update of yesterday"
    incident = declare(product, by=ada, title=title)
    assert fill("{branch} {tag} {base_tag} {main}", incident) == (
        "hotfix/v1.0.1-the-node-does-not-start-after-the-update v1.0.1 v1.0.0 main"
    )
    incident.title = "ノードが起動しない"
    assert fill("{slug}", incident, moment.now()) == "inc-1"
