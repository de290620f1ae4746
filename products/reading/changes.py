"""What another version of a process changes in how people work, in short sentences (not what changed in its text)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.reading.outline import limit_words, names

# Lists of the document whose elements have a key, what one is called, and what is its name.
_LISTS = (
    ("severities", gettext_lazy("Severity"), "label"),
    ("roles", gettext_lazy("Role"), "label"),
    ("clocks", gettext_lazy("Clock"), "label"),
    ("steps", gettext_lazy("Step"), "title"),
    ("messages", gettext_lazy("Message"), "title"),
    ("smoke", gettext_lazy("Smoke test"), "title"),
    ("calendars", gettext_lazy("Working hours"), "key"),
)
# Parts without keys: only said that they changed.
_PARTS = (
    ("purpose", gettext_lazy("The purpose")),
    ("start", gettext_lazy("When it starts")),
    ("eligibility", gettext_lazy("When to hotfix")),
    ("marks", gettext_lazy("The plan")),
    ("deploy", gettext_lazy("The deployment")),
    ("watch", gettext_lazy("Watching")),
    ("updates", gettext_lazy("Status updates")),
    ("mistakes", gettext_lazy("Do and don't")),
    ("postmortem", gettext_lazy("What happens afterwards")),
    ("contacts", gettext_lazy("The contacts")),
    ("setup", gettext_lazy("What products are set up with")),
    ("settles", gettext_lazy("What was settled")),
    ("origin", gettext_lazy("Where it comes from")),
)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Sentences for the reader of a new version, the weightiest parts first; empty when only the wording moved."""
    return list(_changes(old, new))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if old.get("name") != new.get("name"):
        yield _("The process is called “%(new)s”, before “%(old)s”.") % {
            "old": old["name"],
            "new": new["name"],
        }
    for field, word, label in _LISTS:
        yield from _of_list(old, new, field, str(word), label)
    yield from _of_policy(old.get("policy") or {}, new.get("policy") or {})
    yield from _of_options(old, new)
    yield from _of_checklist(old, new)
    for field, word in _PARTS:
        if (old.get(field) or None) != (new.get(field) or None):
            yield _("%(part)s: changed.") % {"part": word}


def _of_list(
    old: Mapping[str, Any], new: Mapping[str, Any], field: str, word: str, label: str
) -> Iterator[str]:
    before = {row["key"]: row for row in old.get(field) or ()}
    after = {row["key"]: row for row in new.get(field) or ()}
    for key, row in after.items():
        if key not in before:
            yield _("%(what)s added: %(name)s.") % {"what": word, "name": row[label]}
    for key, row in before.items():
        if key not in after:
            yield _("%(what)s removed: %(name)s.") % {"what": word, "name": row[label]}
    shared = [key for key in after if key in before]
    if [key for key in before if key in after] != shared:
        yield _("%(what)s: another order.") % {"what": word}
    for key in shared:
        yield from _of_row(before[key], after[key], f"{word} {after[key][label]}", (old, new))


def _of_row(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    name: str,
    documents: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> Iterator[str]:
    """Times in words; of the rest, which fields changed."""
    old_times, new_times = _times(before, documents[0]), _times(after, documents[1])
    clocks = names(documents[0])["clocks"] | names(documents[1])["clocks"]
    for clock in [*new_times, *(key for key in old_times if key not in new_times)]:
        was, now = old_times.get(clock), new_times.get(clock)
        if was != now:
            words = {"name": name, "clock": clocks.get(clock, clock), "was": was or _("nothing"),
                     "now": now or _("nothing")}  # fmt: skip
            if clock:
                yield _("%(name)s, %(clock)s: %(now)s, before %(was)s.") % words
            else:
                yield _("%(name)s: %(now)s, before %(was)s.") % words
    fields = [
        field
        for field in [*after, *(field for field in before if field not in after)]
        if field not in {"targets", "target", "key"}
        and (before.get(field) or None) != (after.get(field) or None)
    ]
    if fields:
        said = ", ".join(field.replace("_", " ") for field in fields)
        yield _("%(name)s: changed in %(fields)s.") % {"name": name, "fields": said}


def _times(row: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, str]:
    """The limits of a severity by clock; of a clock, its own by ""."""
    calendars = names(document)["calendars"]
    targets = row.get("targets") or ({"": row["target"]} if row.get("target") else {})
    return {clock: limit_words(target, calendars) for clock, target in targets.items()}


def _of_policy(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    fields = [field for field in {**old, **new} if (old.get(field) or None) != (new.get(field) or None)]
    if fields:
        said = ", ".join(field.replace("_", " ") for field in fields)
        yield _("Git and versions: changed in %(fields)s.") % {"fields": said}


def _of_options(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = old.get("rollback") or {}, new.get("rollback") or {}
    yield from _of_list(
        {"options": before.get("options")}, {"options": after.get("options")}, "options",
        _("Way back"), "title",
    )  # fmt: skip
    for field in ("when", "approved_by", "executed_by"):
        if before.get(field) != after.get(field):
            yield _("Ways back: changed in %(field)s.") % {"field": field.replace("_", " ")}


def _of_checklist(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = old.get("checklist") or {}, new.get("checklist") or {}
    was, now = ([item["title"] for item in each.get("items") or ()] for each in (before, after))
    for title in now:
        if title not in was:
            yield _("Box added: %(title)s.") % {"title": title}
    for title in was:
        if title not in now:
            yield _("Box removed: %(title)s.") % {"title": title}
    if before != after and set(was) == set(now):
        yield _("The checklist: changed.")
