"""Version files of every kind: npm, pyproject, a Cargo workspace, Gradle, a chart, plain, by one's own pattern."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.hotfixes.checks.stories import BEFORE, ENTRY, HEAD, NOTED, ROW, Story
from tests.hotfixes.git.building import Content
from tests.hotfixes.shapes.people import PUBSPEC, one_commit, released
from tests.hotfixes.shapes.shape import shape
from tests.hotfixes.shapes.states import CHANGELOG, NONE, TAGGED

type Seen = Iterator[dict[str, str]]

WRITTEN = "name: krow\nversion: 0.1.1+6\n"
TABLE = HEAD + ENTRY + ROW


def _right(story: Story, files: Mapping[str, Content], **but: str) -> Seen:
    """All in one commit, released."""
    yield NONE
    one_commit(story, files)
    yield CHANGELOG | but
    released(story)
    yield TAGGED | but


def _kind(path: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"version_files": [{"path": path, "kind": kind, **more}], "build": None}


def _of_kind(story: Story, path: str, text: str) -> Seen:
    files = {name: content for name, content in NOTED.items() if name != PUBSPEC}
    yield NONE
    one_commit(story, {**files, PUBSPEC: BEFORE[PUBSPEC], path: text})
    yield CHANGELOG
    released(story)
    yield TAGGED


NPM = '{\n  "name": "krow",\n  "version": "%s",\n  "dependencies": {"x": "0.1.0"}\n}\n'
CARGO = '[workspace]\nmembers = ["a"]\n\n[workspace.package]\nversion = "%s"\n'
GRADLE = 'android {\n  defaultConfig {\n    versionCode %s\n    versionName "%s"\n  }\n}\n'
CHART = 'apiVersion: v2\nname: krow\nversion: 9.9.9\nappVersion: "%s"\n'
PYPROJECT = '[project]\nname = "krow"\nversion = "%s"\n'


@shape(_kind("package.json", "npm"), files={**BEFORE, "package.json": NPM % "0.1.0"})
def version_in_package_json(story: Story) -> Seen:
    """The top-level version, not a dependency's."""
    yield from _of_kind(story, "package.json", NPM % "0.1.1")


@shape(_kind("pyproject.toml", "pyproject"), files={**BEFORE, "pyproject.toml": PYPROJECT % "0.1.0"})
def version_in_pyproject(story: Story) -> Seen:
    """[project] version."""
    yield from _of_kind(story, "pyproject.toml", PYPROJECT % "0.1.1")


@shape(_kind("Cargo.toml", "cargo"), files={**BEFORE, "Cargo.toml": CARGO % "0.1.0"})
def version_of_a_cargo_workspace(story: Story) -> Seen:
    """[workspace.package] counts for all members."""
    yield from _of_kind(story, "Cargo.toml", CARGO % "0.1.1")


@shape(
    {**_kind("app/build.gradle", "gradle"), "build": "plus-one"},
    files={**BEFORE, "app/build.gradle": GRADLE % ("5", "0.1.0")},
)
def version_in_gradle(story: Story) -> Seen:
    """versionName, and versionCode as its build."""
    yield from _of_kind(story, "app/build.gradle", GRADLE % ("6", "0.1.1"))


@shape(
    _kind("chart/Chart.yaml", "chart", key="appVersion"),
    files={**BEFORE, "chart/Chart.yaml": CHART % "0.1.0"},
)
def version_in_a_chart(story: Story) -> Seen:
    """appVersion; the chart's own version is another story."""
    yield from _of_kind(story, "chart/Chart.yaml", CHART % "0.1.1")


@shape(_kind("VERSION", "plain"), files={**BEFORE, "VERSION": "v0.1.0\n"})
def version_in_a_plain_file(story: Story) -> Seen:
    """One line, with or without v."""
    yield from _of_kind(story, "VERSION", "0.1.1")


@shape(
    _kind("src/version.h", "custom", key='#define VERSION "{new}"'),
    files={**BEFORE, "src/version.h": '#pragma once\n#define VERSION "0.1.0"\n'},
)
def version_by_a_pattern_of_ones_own(story: Story) -> Seen:
    """A C header, by the policy's own pattern."""
    yield from _of_kind(story, "src/version.h", '#pragma once\n#define VERSION "0.1.1"\n')


@shape(
    _kind("pyproject.toml", "pyproject"),
    files={**BEFORE, "pyproject.toml": '[project]\nname = "krow"\ndynamic = ["version"]\n'},
)
def version_that_is_computed(story: Story) -> Seen:
    """The file does not say it: can't tell, before and after."""
    yield NONE
    one_commit(
        story,
        {
            **NOTED,
            PUBSPEC: BEFORE[PUBSPEC],
            "pyproject.toml": '[project]\nname = "krow"\ndynamic = ["version"]\n',
        },
    )
    yield CHANGELOG | {"version_bump": "UNKNOWN"}
    released(story)
    yield TAGGED | {"version_bump": "UNKNOWN"}
