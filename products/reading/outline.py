"""The process page from top to bottom: its sections in the order of a written document (K146), and the words in them.

Everything the schema holds has its section; a section of which the document says nothing is left out, so that
versions stored before a section existed still have their page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.models import ProcessVersion
from products.process.schema.base import seconds
from products.targets import Target, offset_text
from products.vocabulary import EventKind, Moment
from ui.ruler import Point, svg

# The id of the section on the page, the part of the document it shows, its heading.
_SECTIONS = (
    ("eligibility", "eligibility", gettext_lazy("When to hotfix")),
    ("severities", "severities", gettext_lazy("Severities")),
    ("start", "start", gettext_lazy("When it starts")),
    ("roles", "roles", gettext_lazy("Roles")),
    ("clocks", "clocks", gettext_lazy("Clocks")),
    ("marks", "marks", gettext_lazy("The plan")),
    ("steps", "steps", gettext_lazy("Steps")),
    ("policy", "policy", gettext_lazy("Git and versions")),
    ("deploy", "deploy", gettext_lazy("Deployment")),
    ("smoke", "smoke", gettext_lazy("Smoke tests")),
    ("watching", "watch", gettext_lazy("Watching")),
    ("letters", "messages", gettext_lazy("Messages")),
    ("updates", "updates", gettext_lazy("Status updates")),
    ("checklist", "checklist", gettext_lazy("Checklist")),
    ("rollback", "rollback", gettext_lazy("Ways back")),
    ("mistakes", "mistakes", gettext_lazy("Do and don't")),
    ("postmortem", "postmortem", gettext_lazy("Afterwards")),
    ("contacts", "contacts", gettext_lazy("Contacts")),
    ("calendars", "calendars", gettext_lazy("Working hours")),
    ("setup", "setup", gettext_lazy("What it is set up for")),
    ("settles", "settles", gettext_lazy("What was settled")),
)


@dataclass(frozen=True)
class Part:
    """A section that the document has something for: its anchor, the field of the document, `template` shows it."""

    key: str
    field: str
    title: str
    said: Any

    @property
    def template(self) -> str:
        return f"products/process/{self.field}.html"


def parts(version: ProcessVersion) -> list[Part]:
    """The sections of `version` in the order of the page."""
    document = version.document
    return [
        Part(key, field, str(title), document[field])
        for key, field, title in _SECTIONS
        if says_something(document.get(field))
    ]


def section(path: str) -> str:
    """The part of the document that `steps[3].title` is in: "steps"."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def title(field: str) -> str:
    """What the page calls that part; its name in the document where it has no section."""
    return next((str(said) for _key, of, said in _SECTIONS if of == field), field)


def says_something(value: Any) -> bool:
    """Whether there is any word in it besides where it comes from."""
    if isinstance(value, Mapping):
        return any(says_something(each) for name, each in value.items() if name != "origin")
    return any(says_something(each) for each in value) if isinstance(value, list) else value not in (None, "")


def names(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What keys stand for on the page, by section: `{"roles": {"fixer": "Fixer"}, …}`."""
    setup = document.get("setup") or {}
    lists: dict[str, tuple[Any, str]] = {
        "roles": (document.get("roles"), "label"),
        "clocks": (document.get("clocks"), "label"),
        "calendars": (document.get("calendars"), "key"),
        "steps": (document.get("steps"), "title"),
        "messages": (document.get("messages"), "title"),
        "components": (setup.get("components"), "label"),
        "environments": (setup.get("environments"), "label"),
    }
    return {name: {row["key"]: row[field] for row in rows or ()} for name, (rows, field) in lists.items()}


def event_words(event: str, messages: Mapping[str, str]) -> str:
    """An event or a moment of a process as a person says it."""
    if event in Moment.values:
        return str(Moment(event).label)
    kind, _colon, key = event.partition(":")
    label = str(EventKind(kind).label) if kind in EventKind.values else kind
    return f"{label}: {messages.get(key, key)}" if key else label


def limit_words(target: Mapping[str, Any], calendars: Mapping[str, str]) -> str:
    """A target as the document writes it: "2 h to 4 h", "30 min, working hours of vienna", "next release"."""
    if target.get("within"):
        words = str(target["within"])
        if target.get("earliest"):
            words = _("%(from)s to %(to)s") % {"from": target["earliest"], "to": words}
        if target.get("calendar"):
            of = calendars.get(target["calendar"], target["calendar"])
            words = _("%(time)s in the working hours “%(calendar)s”") % {"time": words, "calendar": of}
        return words
    return Target.parse(target["milestone"]).text() if target.get("milestone") else str(Target.none().text())


def plan(document: Mapping[str, Any]) -> str:
    """The planned marks as a drawing; "" for a process without."""
    marks = document.get("marks") or []
    points = [
        Point(
            seconds(mark["at"]),
            offset_words(mark["at"]).removesuffix(" min"),
            ", ".join(each["label"] for each in mark["what"]),
        )
        for mark in marks
    ]
    if not points:
        return ""
    return svg(points, _("The planned moments; the table says them in words."), now_s=None, total_s=0)


def offset_words(offset: str) -> str:
    """`120 min` of the document as the ruler of an incident says it: "T+120 min"."""
    return offset_text(seconds(offset))
