"""Version files as they really look, with the exact answer for each (rows K32–K35)."""

import time

import pytest

from hotfixes.version_files import KINDS, Reason, Unknown, Version, kind_of, read
from products.process.schema.policy import VersionFile
from tests.depth import times


def v(text: str, line: int, base: str = "", build: str = "") -> Version:
    return Version(text, base or text.partition("+")[0], build or text.partition("+")[2], line)


type Case = tuple[str, Version | Unknown]

PUBSPEC: list[Case] = [
    ("name: app\nversion: 0.1.1+6\n", v("0.1.1+6", 2)),
    ("\ufeffversion: 0.1.1+6\r\nname: app\r\n", v("0.1.1+6", 1)),
    ("version:    '1.0.0'   # of the app\n", v("1.0.0", 1)),
    ('"version": "1.0.0+12"\n', v("1.0.0+12", 1)),
    ("version: 1.0.0-beta.2+12", v("1.0.0-beta.2+12", 1)),
    ("version: 1.0.0+2024.03.05\n", v("1.0.0+2024.03.05", 1)),
    ("dependencies:\n  http:\n    version: 9.9.9\nversion: 1.0.0\n", v("1.0.0", 4)),
    ("# version: 9.9.9\nversion: 1.0.0 \n", v("1.0.0", 2)),
    ("version : 1.0.0\n", v("1.0.0", 1)),
    ("version: 1.0.0\nversion: 1.0.0\n", v("1.0.0", 1)),
    ("version: 1.0.0\nversion: 1.0.1\n", Unknown(Reason.TWICE, 2)),
    ("name: app\n", Unknown(Reason.MISSING)),
    ("versions: 1.0.0\nmy_version: 1.0.0\nversion:1.0.0\n", Unknown(Reason.MISSING)),
    ("version:\n  1.0.0\n", Unknown(Reason.MISSING, 1)),
    ("version: >-\n  1.0.0\n", Unknown(Reason.MISSING, 1)),
    ("version: ${VERSION}\n", Unknown(Reason.NOT_A_VERSION, 1)),
    ("version: &anchor 1.0.0\n", Unknown(Reason.NOT_A_VERSION, 1)),
    ("version: 1.0.0 1.0.1\n", Unknown(Reason.NOT_A_VERSION, 1)),
    ("<<<<<<< HEAD\nversion: 1.0.0\n=======\nversion: 1.0.1\n>>>>>>> fix\n", Unknown(Reason.CONFLICT, 1)),
    ("version: ١.٢.٣\n", Unknown(Reason.NOT_A_VERSION, 1)),
]
NPM: list[Case] = [
    ('{\n  "name": "web",\n  "version": "0.1.1"\n}\n', v("0.1.1", 3)),
    ('{"version":"0.1.1"}', v("0.1.1", 1)),
    ('{\r\n\t"version"\t:\t"1.0.0-rc.1"\r\n}', v("1.0.0-rc.1", 2)),
    ('{"a": {"version": "9.9.9"},\n "b": [{"version": "8"}],\n "version": "1.0.0"}', v("1.0.0", 3)),
    ('{"x": "\\"version\\": \\"9\\"",\n"version": "1.0.0"}', v("1.0.0", 2)),
    (
        '{"scripts": {"version": "npm run build"}, "dependencies": {"version": "2.0.0"}}',
        Unknown(Reason.MISSING),
    ),
    ('{"version": "1.0.0", "version": "1.0.1"}', Unknown(Reason.TWICE, 1)),
    ('{"version": 1}', Unknown(Reason.NOT_A_VERSION, 1)),
    ('{"version": null}', Unknown(Reason.NOT_A_VERSION, 1)),
    ('{"version": "^1.0.0"}', Unknown(Reason.NOT_A_VERSION, 1)),
    ('{"version": "0.0.0-development"}', Unknown(Reason.DYNAMIC, 1)),
    ('{"version": "workspace:*"}', Unknown(Reason.NOT_A_VERSION, 1)),
    ('{// comment\n"version": "1.0.0"}', Unknown(Reason.BROKEN)),
    ('["version", "1.0.0"]', Unknown(Reason.BROKEN)),
    ("", Unknown(Reason.BROKEN)),
    ("[" * 100_000, Unknown(Reason.BROKEN)),
]
PYPROJECT: list[Case] = [
    ('[project]\nname = "x"\nversion = "1.2.3"\n', v("1.2.3", 3)),
    ('[tool.poetry]\nversion = "1.2.3"\n', v("1.2.3", 2)),
    ("[ project ]\n'version' = '1.2.3.post1' # x\n", v("1.2.3.post1", 2)),
    ('project.version = "1.2.3"\n', v("1.2.3", 1)),
    ('project = {name = "x", version = "1.2.3"}\n', v("1.2.3", 0)),
    ('[project]\nversion = "1.2.3rc1"\n[tool.poetry]\nversion = "1.2.3rc1"\n', v("1.2.3rc1", 2)),
    ('[project]\nversion = "1.2.3"\n[tool.poetry]\nversion = "1.2.4"\n', Unknown(Reason.TWICE, 4)),
    ('[project]\ndynamic = ["version"]\n[tool.hatch.version]\npath = "x.py"\n', Unknown(Reason.DYNAMIC, 2)),
    ('[project]\ndynamic = ["version"]\n[tool.setuptools_scm]\n', Unknown(Reason.DYNAMIC, 2)),
    ('[project]\ndynamic = ["version"]\n[tool.poetry]\nversion = "1.2.3"\n', v("1.2.3", 4)),
    (
        '[tool.poetry]\nversion = "0.0.0"\n[tool.poetry-dynamic-versioning]\nenable = true\n',
        Unknown(Reason.DYNAMIC, 0),
    ),
    ('[tool.pdm]\nversion = {source = "scm"}\n', Unknown(Reason.DYNAMIC, 2)),
    ('[tool.black]\nversion = "9"\n[project]\nname = "x"\n', Unknown(Reason.MISSING)),
    ('[tool.other]\nversion = "9"\n[project]\nversion = "1.0"\n', v("1.0", 4)),
    ("[project]\nversion = 1.2\n", Unknown(Reason.NOT_A_VERSION, 2)),
    ('[project\nversion = "1.2.3"\n', Unknown(Reason.BROKEN)),
]
CARGO: list[Case] = [
    ('[package]\nname = "x"\nversion = "1.2.3"\n[dependencies]\nserde = { version = "9" }\n', v("1.2.3", 3)),
    ('[dependencies.serde]\nversion = "9"\n[package]\nversion = "1.2.3"\n', v("1.2.3", 4)),
    ('[workspace.package]\nversion = "1.2.3"\n[workspace]\nmembers = ["a"]\n', v("1.2.3", 2)),
    ('[package]\nversion.workspace = true\n[workspace.package]\nversion = "1.2.3"\n', v("1.2.3", 4)),
    ("[package]\nversion.workspace = true\n", Unknown(Reason.ELSEWHERE, 2)),
    ("[package]\nversion = { workspace = true }\n", Unknown(Reason.ELSEWHERE, 2)),
    ("[package]\nversion = { workspace = false }\n", Unknown(Reason.NOT_A_VERSION, 2)),
    (
        '[workspace]\nmembers = ["a"]\n[workspace.dependencies]\nx = { version = "9" }\n',
        Unknown(Reason.MISSING),
    ),
    ('[package]\nversion = "1.2.3+build.5"\n', v("1.2.3+build.5", 2)),
    ("not toml", Unknown(Reason.BROKEN)),
]
PLAIN: list[Case] = [
    ("1.2.3\n", v("1.2.3", 1)),
    ("v1.2.3", v("v1.2.3", 1, base="1.2.3")),
    ("\n\n  1.2.3+7 \r\n\r\n", v("1.2.3+7", 3)),
    ("# the version\n1.2\n", v("1.2", 2)),
    ("2026.11.21\n", v("2026.11.21", 1)),
    ("1.2.3\n1.2.4\n", Unknown(Reason.NOT_A_VERSION, 2)),
    ("version = 1.2.3\n", Unknown(Reason.NOT_A_VERSION, 1)),
    ("", Unknown(Reason.MISSING)),
    ("latest\n", Unknown(Reason.NOT_A_VERSION, 1)),
    ("../../etc/passwd", Unknown(Reason.NOT_A_VERSION, 1)),
]
ANDROID = """android {
    defaultConfig {
        versionCode %s
        versionName %s
        versionNameSuffix "-x"
    }
}
"""
GRADLE: list[Case] = [
    ("plugins {\n    id 'x' version '9.9'\n}\nversion = '1.2.3'\n", v("1.2.3", 4)),
    ('version "1.2.3"\n', v("1.2.3", 1)),
    ("version = '1.2.3-SNAPSHOT';\n", v("1.2.3-SNAPSHOT", 1)),
    ("version=1.2.3\norg.gradle.jvmargs=-Xmx2g\n", v("1.2.3", 1)),
    ("VERSION_NAME=1.2.3\n", v("1.2.3", 1)),
    ("allprojects {\n  version = '1.2.3'\n}\n", v("1.2.3", 2)),
    ("// version = '9'\n/* version = '8'\n*/\nversion = '1.2.3' // now\n", v("1.2.3", 4)),
    ('url = "https://x" \nversion = "1.2.3"\n', v("1.2.3", 2)),
    (ANDROID % ("45", '"1.2.3"'), v("1.2.3", 4, build="45")),
    (ANDROID % ("= 45", '= "1.2.3"'), v("1.2.3", 4, build="45")),
    (ANDROID % ("rootProject.code", '"1.2.3"'), v("1.2.3", 4)),
    (ANDROID % ("45", "rootProject.ext.name"), Unknown(Reason.MISSING)),
    (ANDROID % ("45", "= appVersion()"), Unknown(Reason.DYNAMIC, 4)),
    ('version = "${major}.${minor}"\n', Unknown(Reason.DYNAMIC, 1)),
    ("version = project.property('v')\n", Unknown(Reason.DYNAMIC, 1)),
    ("version = scmVersion.version\n", Unknown(Reason.DYNAMIC, 1)),
    ("ktlint {\n  version = '0.4'\n}\n", Unknown(Reason.MISSING)),
    ("version = '1'\nsubprojects {\n version = '2'\n}\n", Unknown(Reason.TWICE, 3)),
    ("dependencies {\n  implementation 'a:b:1.2.3'\n}\n", Unknown(Reason.MISSING)),
]
CHART: list[Case] = [
    ('apiVersion: v2\nname: x\nversion: 1.2.3\nappVersion: "4.5.6"\n', v("1.2.3", 3)),
    ("dependencies:\n- name: a\n  version: 9\nversion: 1.2.3\n", v("1.2.3", 4)),
]
TABLES = {
    "pubspec": PUBSPEC,
    "npm": NPM,
    "pyproject": PYPROJECT,
    "cargo": CARGO,
    "plain": PLAIN,
    "gradle": GRADLE,
}
CASES = [(kind, *case) for kind, table in {**TABLES, "chart": CHART}.items() for case in table]


@pytest.mark.parametrize(("kind", "text", "expected"), CASES)
def test_a_file_states_its_version_or_why_not(kind: str, text: str, expected: Version | Unknown) -> None:
    assert read(kind, text.encode()) == expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ('#define VERSION "{new}"', '#define   VERSION\t"1.2.3"\n', v("1.2.3", 1)),
        ("__version__ = '{new}'", "x\n__version__ = '1.2.3+4'\n", v("1.2.3+4", 2)),
        ("v{new} (build {build})", "App v1.2.3 (build 77)\n", v("1.2.3", 1, build="77")),
        ("{new}", "1.2.3\n", v("1.2.3", 1)),
        ("version {new}", "This is version 1.2.3.\n", v("1.2.3", 1)),
        ("app-{new}.tar.gz", "https://x/app-1.2.3.tar.gz\n", v("1.2.3", 1)),
        ("{{{new}}}", "{1.2.3}", v("1.2.3", 1)),
        ("version {new}", "version 1.2.3\nversion 1.2.3\n", v("1.2.3", 1)),
        ("version {new}", "version 1.2.3\nversion 1.2.4\n", Unknown(Reason.TWICE, 2)),
        ("version {new}", "version latest\n", Unknown(Reason.MISSING)),
        ("version .*{new}", "version of 1.2.3\n", Unknown(Reason.MISSING)),
        ("version", "version 1.2.3\n", Unknown(Reason.PATTERN)),
        ("", "1.2.3\n", Unknown(Reason.PATTERN)),
        ("{new}{new}", "1.2.3\n", Unknown(Reason.PATTERN)),
        ("{new} {slug}", "1.2.3 x\n", Unknown(Reason.PATTERN)),
        ("x" * 201 + "{new}", "", Unknown(Reason.PATTERN)),
    ],
)
def test_any_file_by_a_pattern(pattern: str, text: str, expected: Version | Unknown) -> None:
    assert read("custom", text.encode(), pattern) == expected


def test_another_key_can_be_asked_for() -> None:
    assert read("chart", b'version: 1.2.3\nappVersion: "4.5.6"\n', "appVersion") == v("4.5.6", 2)
    assert read("npm", b'{"version": "1.2.3", "apiVersion": "2.0"}', "apiVersion") == v("2.0", 1)
    assert read("gradle", b"version = '1'\nappVersion = '2.0'\n", "appVersion") == v("2.0", 2)


def test_only_utf_8_is_text() -> None:
    for data in ("version: 1.0.0".encode("utf-16"), b"version: 1.0.0 # caf\xe9"):
        assert read("pubspec", data) == Unknown(Reason.ENCODING)


# In a deep run a megabyte, the most that is read. What is slow by the square of it is far too slow by a quarter, too.
AGAIN = times(2_500, 10_000)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "version " * 12 * AGAIN,
        " " * 100 * AGAIN,
        "\n" * 100 * AGAIN,
        "version: " + "a b " * 24 * AGAIN,
        '{"version":' * 9 * AGAIN,
        '{"version":1,' + '"version":1,' * 8 * AGAIN + '"x":1}',
        "1." * 50 * AGAIN,
        "version = '" + "1" * 99 * AGAIN,
        "[" + "a." * 40 * AGAIN,
        "/*" * 50 * AGAIN,
        ("1" * 499 + "\n") * (AGAIN // 5),
        "\0" * 100 * AGAIN,
    ],
    ids=range(12),
)
def test_hostile_text_is_answered_soon(kind: str, text: str) -> None:
    began = time.process_time()
    found = read(kind, text.encode(), "1{new}1{build}x" if kind == "custom" else "")
    assert time.process_time() - began < AGAIN / 500
    assert isinstance(found, Unknown)


def test_kinds_are_those_of_a_policy_and_known_by_usual_names() -> None:
    assert list(KINDS) == VersionFile.model_json_schema()["properties"]["kind"]["enum"]
    assert kind_of("apps/mobile/apps/worker/pubspec.yaml") == "pubspec"
    assert kind_of("backend/api/package.json") == "npm"
    assert kind_of("README.md") == ""
    assert all(str(Unknown(reason).sentence).endswith((".", "computed")) for reason in Reason)
