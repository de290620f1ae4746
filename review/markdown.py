"""A report as Markdown, from the same facts as its page; well formed in any reader, whatever people have typed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from foundation.written import address
from review.hotfix_lines import hotfixes_of
from review.rollback_lines import rollbacks_of
from review.tame import inline, link, quote

STATES = {"done": "x", "open": " ", "not_needed": "-", "dropped": "-"}


def markdown(report: dict[str, Any], zone: str) -> str:
    """`report` as review/report.py reads it; times are printed in `zone`, with its name."""
    return Written(report, zone).text()


class Written:
    def __init__(self, report: dict[str, Any], zone: str) -> None:
        self.report, self.zone = report, ZoneInfo(zone)
        self.base = address(f"/incidents/{report['incident']['ref']}/")

    def text(self) -> str:
        parts = (
            self.head(), self.times(), self.questions(), self.decisions(), self.timeline(), self.clocks(), self.plan(),
            self.checklist(), hotfixes_of(self.report), rollbacks_of(self.report), self.messages(), self.told(),
            self.roles(), self.actions(), self.after(), self.foot(),
        )  # fmt: skip
        return "\n".join("\n".join(part) for part in parts if part).rstrip("\n") + "\n"

    def head(self) -> list[str]:
        about, report = self.report["incident"], self.report
        lines = [f"# {inline(_('Postmortem'))} {about['ref']}: {inline(about['title'])}", ""]
        for note in self.notes():
            lines += [f"**{inline(note)}**", ""]
        facts = [
            (_("Product"), about["product"]), (_("Severity"), about["severity"]), (_("Version"), about["version"]),
            (_("Environment"), about["environment"]), (_("Lead"), about["lead"] or _("nobody")),
            (_("Process"), f"{about['process']['key']}, {_('version')} {about['process']['version']}"),
            (_("Affected"), affected(about)), (_("Written by"), ", ".join(report["writers"])),
            (_("State"), self.state()),
        ]  # fmt: skip
        lines += [f"- **{inline(name)}:** {inline(value)}" for name, value in facts if value]
        for name, text in ((_("Impact"), about["impact"]), (_("Workaround"), about["workaround"])):
            lines += ["", f"**{inline(name)}**", "", quote(text)] if text else []
        return [*lines, ""]

    def notes(self) -> Iterator[str]:
        about = self.report["incident"]
        if about["mode"] == "drill":
            yield _("This was a drill.")
        if about["mode"] == "retrospective":
            yield _("This was entered afterwards.")
        if about["private"]:
            yield _("Private: only for those who take part.")
        if not self.report["resolved"]:
            yield _("Not resolved yet: this is how things stand.")
        if about["security"]:
            yield _("Security")
        if about["data_loss"]:
            yield _("Data loss")

    def state(self) -> str:
        review = self.report["review"]
        if not review:
            return _("In progress, not reviewed")
        own = {
            "all": _(", who also wrote it: nobody else has read it"),
            "part": _(", who also wrote part of it"),
        }
        return _("Reviewed by %(who)s, %(at)s%(own)s") % {
            "who": review["by"], "at": self.moment(review["at"]), "own": own.get(review["own"], ""),
        }  # fmt: skip

    def times(self) -> list[str]:
        rows = [[one["label"], self.moment(one["at"])] for one in self.report["times"]]
        took = [[one["label"], one["text"]] for one in self.report["durations"]]
        return [*section(_("Key times")), *table([_("What"), _("When")], rows + took)]

    def questions(self) -> list[str]:
        lines = section(_("What people say"))
        for one in self.report["answers"]:
            lines += [f"### {inline(one['question'])}", ""]
            lines += [quote(one["text"]) if one["text"] else f"*{inline(_('Not answered yet.'))}*", ""]
            if one["text"]:
                lines += [f"{inline(one['by'])}, {self.moment(one['at'])}", ""]
        return lines if self.report["answers"] else []

    def decisions(self) -> list[str]:
        lines = section(_("Decision"))
        for one in self.report["decisions"]:
            replaced = f" ({_('replaced later')})" if one["replaced"] else ""
            where = self.proof(one["seq"])
            if one.get("emergency"):
                lines += [f"**{inline(_('Decided in an emergency, without the role.'))}**", ""]
            lines += [f"**{inline(one['what'])}**{inline(replaced)}, {inline(one['by'])} ({inline(one['role'])}), "
                      f"{self.moment(one['at'])} {where}", ""]  # fmt: skip
            lines += [quote(one["reason"]), ""] if one["reason"] else []
            lines += [inline(one["hidden"]), ""] if one["hidden"] else []
            facts = one["facts"] or {}
            lines += [f"- {inline(_('Not known then:'))} {inline(text)}" for text in facts.get("unknown", [])]
            lines += ["", f"{inline(_('Facts shown, SHA-256'))} `{one['digest']}`", ""]
        return lines if self.report["decisions"] else []

    def timeline(self) -> list[str]:
        lines = section(_("Timeline"))
        for one in self.report["timeline"]:
            corrected = (
                f" ({_('corrected')}: {self.proof(one['corrected_by'])})" if one["corrected_by"] else ""
            )
            source = f"({inline(one['source'])})"
            lines.append(
                f"- **{self.moment(one['at'])}** {inline(one['sentence'])} {self.proof(one['seq'])} {source}{corrected}"
            )
            if one["text"]:
                lines += ["", quote(one["text"], "  "), ""]
            if one["file"]:
                lines.append(f"  {link(one['file']['name'], address(one['file']['url']))}")
            if one["later"]:
                lines.append(f"  {inline(_('Later:'))} {inline(one['later']['sentence'])}")
        return [*lines, ""]

    def clocks(self) -> list[str]:
        lines = section(_("Clocks"))
        for one in self.report["clocks"]:
            name = f"{one['label']} ({one['subject']})" if one["subject"] else one["label"]
            late = f" **{inline(_('late'))}**" if one["late"] else ""
            instead = f" {inline(one['instead'])}" if one.get("instead") else ""
            lines.append(f"- **{inline(name)}**{late}{instead}")
            lines += [f"  - {inline(line)}" for line in one["sum"]]
        return [*lines, ""] if self.report["clocks"] else []

    def plan(self) -> list[str]:
        plan = self.report["plan"]
        if not plan:
            return []
        head = [_("Planned"), _("What"), _("Happened"), _("How it stands")]
        rows = [
            [one["planned"], one["label"], self.moment(one["happened_at"]), one["text"]]
            for one in plan["marks"]
        ]
        return [*section(_("Plan and reality")), inline(plan["total"]), "", *table(head, rows)]

    def checklist(self) -> list[str]:
        lines = section(_("Checklist"))
        for one in self.report["checklist"]:
            who = f" ({inline(one['by'])}, {self.moment(one['at'])})" if one["by"] else ""
            said = f": {inline(one['said'])}" if one["said"] else ""
            seen = f" {link(_('link'), one['url'])}" if one["url"] else ""
            mark = f" *{inline(_('not needed'))}*" if one["state"] == "not_needed" else ""
            lines.append(f"- [{STATES.get(one['state'], ' ')}] {inline(one['title'])}{mark}{who}{said}{seen}")
        return [*lines, ""] if self.report["checklist"] else []

    def messages(self) -> list[str]:
        lines = section(_("Messages of the process"))
        for one in self.report["messages"]:
            if one["at"]:
                said = f"{inline(_('sent by'))} {inline(one['by'])}, {self.moment(one['at'])}: {inline(one['where'])}"
            else:
                said = inline(_("not sent"))
            lines.append(f"- **{inline(one['title'])}**: {said}")
            by = inline(_("not shown; vouched for by"))
            lines += [
                f"  - {inline(each['line'])} {by} {inline(each['by'])}: {inline(each['said'])}"
                for each in one["vouched"]
            ]
        return [*lines, ""] if self.report["messages"] else []

    def told(self) -> list[str]:
        head = [_("Who"), _("By"), _("Arrived"), _("First"), _("Otherwise")]
        rows = [
            [one["who"], one["way"], one["sent"], self.moment(one["first_at"]), otherwise(one)]
            for one in self.report["told"]
        ]
        return [*section(_("Who was told")), *table(head, rows)] if rows else []

    def roles(self) -> list[str]:
        head = [_("Role"), _("Who"), _("From"), _("Until")]
        rows = [
            [one["role"], one["who"], self.moment(one["since"]), self.moment(one["until"])]
            for one in self.report["roles"]
        ]
        return [*section(_("Roles")), *table(head, rows)] if rows else []

    def actions(self) -> list[str]:
        lines = section(_("Action items"))
        for one in self.report["actions"]:
            state = f" *{inline(_('dropped'))}: {inline(one['reason'])}*" if one["state"] == "dropped" else ""
            lines.append(
                f"- [{STATES[one['state']]}] {inline(one['text'])} ({inline(one['kind_label'])}, "
                f"{inline(one['owner'])}, {inline(_('due'))} {one['due']}){state}"
            )
        lines += [] if self.report["actions"] else [inline(_("None yet."))]
        return [*lines, "", *self.process()]

    def process(self) -> list[str]:
        """K124."""
        one = self.report["process_change"]
        lines = [*section(_("Does the process have to change?")), inline(one["words"]), ""]
        if one["state"] == "not_needed":
            lines += [quote(one["reason"]), "", f"{inline(one['by'])}, {self.moment(one['at'])}", ""]
        return lines

    def after(self) -> list[str]:
        """What the process asks for next, the meeting, and what came after the review."""
        lines: list[str] = []
        meeting = self.report["meeting"]
        if meeting:
            lines += section(_("Meeting"))
            asked = f", {inline(meeting['attendees'])}" if meeting["attendees"] else ""
            where = f", {link(meeting['link'], meeting['link'])}" if meeting["link"] else ""
            lines += [f"{self.moment(meeting['at'])}{asked}{where}", ""]
        for title, rows in ((_("Agenda"), self.report["agenda"]), (_("To share"), self.report["share"])):
            lines += [*section(title), *(f"- {inline(row)}" for row in rows), ""] if rows else []
        if shared := self.report["findings"]["shared"]:
            lines += [*section(_("Shared with the team")), *map(self.shared, shared), ""]
        if self.report["since_review"]:
            lines += section(_("Since the review"))
            for one in self.report["since_review"]:
                lines.append(
                    f"- **{self.moment(one['at'])}** {inline(one['sentence'])} {self.proof(one['seq'])}"
                )
        return lines

    def shared(self, one: dict[str, Any]) -> str:
        """K128."""
        where = link(one["where"], one["url"])
        return f"- **{self.moment(one['at'])}** {inline(one['by'])}: {where} {self.proof(one['seq'])}"

    def foot(self) -> list[str]:
        review = self.report["review"]
        lines = ["---", "", f"{inline(_('From'))} <{self.base}postmortem/>, {self.moment(self.report['at'])}"]
        if review:
            lines += ["", f"{inline(_('What was reviewed, SHA-256'))} `{review['digest']}`"]
        return lines

    def proof(self, seq: int) -> str:
        return link(seq, f"{self.base}events/{seq}/")

    def moment(self, text: str | None) -> str:
        """A moment out of JSON, in the zone: "2026-11-21 02:14:05 CET"."""
        return f"{datetime.fromisoformat(text).astimezone(self.zone):%Y-%m-%d %H:%M:%S %Z}" if text else ""


def section(title: str) -> list[str]:
    return [f"## {inline(title)}", ""]


def table(head: list[str], rows: list[list[Any]]) -> list[str]:
    """A table and an empty line; its cells are escaped, bars too."""
    lines = [head, *rows]
    written = ["| " + " | ".join(inline(cell) or " " for cell in line) + " |" for line in lines]
    return [written[0], "|" + " --- |" * len(head), *written[1:], ""]


def affected(about: dict[str, Any]) -> str:
    if about["users_affected"] is None:
        return _("nobody has said")
    return str(about["users_affected"]) + (f" {_('(estimate)')}" if about["users_estimated"] else "")


def otherwise(one: dict[str, Any]) -> str:
    counts = ", ".join(f"{state}: {n}" for state, n in one["other"].items())
    return f"{counts} ({one['why']})" if one["why"] else counts
