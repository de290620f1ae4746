"""JUnit XML as CI tools write it: how many ran, what failed. Pure.

Read by expat as a stream, so that no tree is built. A document type is refused before anything in it is read: without
one there are no entities to expand or fetch, which is all that defusedxml would guard against.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from django.utils.translation import gettext as _

from foundation.text import stripped

LARGEST = 10_000_000  # bytes
DEEPEST = 50
MOST = 2_000_000  # elements
NAMES = 20
LONGEST_NAME = 200
_SUITES = ("testsuites", "testsuite")
_MANY = 10_000_000  # a count above it is nonsense


class NotJUnit(ValueError):
    """Not such a file, or one that is not read; the words say why."""


@dataclass(frozen=True, slots=True)
class Report:
    """`failed`: the names of the first that failed."""

    tests: int
    failures: int
    errors: int
    skipped: int
    failed: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Something ran, and nothing failed. No test is no proof."""
        return self.tests > self.skipped and not self.failures and not self.errors

    @property
    def sentence(self) -> str:
        if not self.tests:
            return _("No test ran.")
        bad = self.failures + self.errors
        words = {"n": self.tests, "bad": bad, "good": max(self.tests - bad - self.skipped, 0)}
        said = _("Tests: %(n)s. Passed: %(good)s. Failed: %(bad)s.") % words
        return f"{said} {_('Skipped: %s.') % self.skipped}" if self.skipped else said


@dataclass
class _Counting:
    tests: int = 0
    failures: int = 0
    errors: int = 0
    skipped: int = 0
    failed: list[str] = field(default_factory=list)
    # What the outermost suites say of themselves: tests, failures, errors, skipped.
    claimed: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    path: list[str] = field(default_factory=list)
    seen: int = 0
    case: str = ""
    outcome: str = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self.seen += 1
        if not self.path and name not in _SUITES:
            raise NotJUnit(_("This is no JUnit file: it begins with <%s>.") % stripped(name)[:40])
        if len(self.path) >= DEEPEST or self.seen > MOST:
            raise NotJUnit(_("This file is nested too deep or has too many parts."))
        if name in _SUITES and all(one == "testsuites" for one in self.path):
            self._claim(name, attributes)
        elif name == "testcase":
            self.case, self.outcome = _name(attributes), _status(attributes)
        elif name in ("failure", "error", "skipped"):
            self._outcome(name, attributes)
        self.path.append(name)

    def end(self, tag: str) -> None:
        name = self.path.pop()
        if name != "testcase":
            return
        self.tests += 1
        if self.outcome == "failure":
            self.failures += 1
        elif self.outcome == "error":
            self.errors += 1
        elif self.outcome == "skipped":
            self.skipped += 1
        if self.outcome in ("failure", "error") and len(self.failed) < NAMES:
            self.failed.append(self.case)

    def report(self) -> Report:
        """The worse of what was counted and what the file says of itself: some tools leave cases out."""
        tests, failures, errors, skipped = self.claimed
        if self.tests == 0:
            return Report(
                tests, max(failures, self.failures), max(errors, self.errors), min(skipped, tests), ()
            )
        more = max(failures + errors - self.failures - self.errors, 0)
        return Report(
            max(self.tests, tests), self.failures + more, self.errors, self.skipped, tuple(self.failed)
        )

    def _outcome(self, name: str, attributes: Mapping[str, str]) -> None:
        inside = self.path[-1] if self.path else ""
        if inside == "testcase":
            if self.outcome not in ("failure", "error"):
                self.outcome = name
        elif inside in _SUITES and name != "skipped":  # the suite itself could not run
            self.errors += 1
            if len(self.failed) < NAMES:
                self.failed.append(_cut(attributes.get("message") or name))

    def _claim(self, name: str, attributes: Mapping[str, str]) -> None:
        """Of `testsuites` where it counts, else of the suites right below it."""
        counts = [_count(attributes, key) for key in ("tests", "failures", "errors", "skipped")]
        if name == "testsuites":
            return
        self.claimed = [min(sum(pair), _MANY) for pair in zip(self.claimed, counts, strict=True)]


def read(content: bytes) -> Report:
    """Raises NotJUnit."""
    if len(content) > LARGEST:
        raise NotJUnit(_("This file is too large: at most 10 MB are read."))
    counting = _Counting()
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.ExternalEntityRefHandler = _refuse_entity
    parser.StartElementHandler = counting.start
    parser.EndElementHandler = counting.end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        words = {"line": error.lineno, "what": expat.ErrorString(error.code) or "?"}
        raise NotJUnit(_("This is no XML: line %(line)s, %(what)s.") % words) from None
    except (ValueError, LookupError) as error:
        raise (
            error if isinstance(error, NotJUnit) else NotJUnit(_("Its characters cannot be read."))
        ) from None
    return counting.report()


def _refuse_doctype(*_facts: object) -> None:
    raise NotJUnit(_("A file with a document type is not read: send it without <!DOCTYPE …>."))


def _refuse_entity(*_facts: object) -> int:
    raise NotJUnit(_("A file with entities is not read."))


def _name(attributes: Mapping[str, str]) -> str:
    parts = (attributes.get("classname", ""), attributes.get("name", ""))
    return _cut(" › ".join(filter(None, parts)) or "?")


def _cut(text: str) -> str:
    return " ".join(stripped(text[: 4 * LONGEST_NAME]).split())[:LONGEST_NAME]


def _status(attributes: Mapping[str, str]) -> str:
    """Google's tests say it in an attribute alone."""
    state = attributes.get("status", "").casefold()
    if state in ("failed", "failure", "error"):
        return "failure"
    return "skipped" if state in ("notrun", "disabled", "skipped") else ""


def _count(attributes: Mapping[str, str], key: str) -> int:
    text = attributes.get(key, "").strip()
    return min(int(text), _MANY) if text.isascii() and text.isdigit() and len(text) < 10 else 0
