"""One incident as scripts see it: what each person does at which minute, and what Nightdesk then says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.conftest import Script


@dataclass
class Story:
    """`began` is T-0. Minutes count from there, as the written processes count."""

    began: datetime
    reader: Script
    path: str = ""

    def at(self, minutes: float) -> str:
        return self.moment(minutes).isoformat().replace("+00:00", "Z")

    def moment(self, minutes: float) -> datetime:
        return self.began.astimezone(UTC) + timedelta(minutes=minutes)

    def said(self, minutes: float) -> str:
        """As a clock's sum prints it."""
        return f"{self.moment(minutes):%Y-%m-%d %H:%M:%S} UTC"

    def opens(self, who: Script, **facts: Any) -> dict[str, Any]:
        made: dict[str, Any] = who.post("/incidents", facts, status=201)
        self.path = f"/incidents/{made['ref']}"
        return made

    def does(self, who: Script, minutes: float | None, verb: str, status: int = 200, **facts: Any) -> Any:
        """`minutes` None: now, for what cannot be told afterwards."""
        sent = facts if minutes is None else {**facts, "at": self.at(minutes)}
        return who.post(f"{self.path}/{verb}", sent, status=status)

    def now(self) -> Any:
        return self.reader.get(self.path)

    def items(self, part: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.reader.get(f"{self.path}/{part}")["items"]
        return found

    def clock(self, key: str) -> tuple[str, list[str]]:
        """State and printed sum of its last run."""
        found = next(clock for clock in self.items("clocks") if clock["key"] == key)
        return found["state"], found["sum"]

    def marks(self) -> list[tuple[str, str, str]]:
        """(planned, what, how it stands)."""
        ruler = self.reader.get(f"{self.path}/ruler")
        return [(mark["offset"], mark["label"], mark["text"]) for mark in ruler["marks"]]

    def total(self) -> str:
        return str(self.reader.get(f"{self.path}/ruler")["total"]["text"])

    def step(self) -> str:
        """The one that comes next; "" when all are done."""
        current = [step["key"] for step in self.items("steps") if step["current"]]
        assert len(current) <= 1
        return "".join(current)

    def commands(self, key: str) -> list[str]:
        return next(list(step["commands"]) for step in self.items("steps") if step["key"] == key)

    def words(self, key: str) -> list[str]:
        return next(list(step["text"]) for step in self.items("steps") if step["key"] == key)

    def boxes(self) -> dict[int, str]:
        return {box["position"]: box["state"] for box in self.items("checklist")}

    def open_boxes(self) -> list[int]:
        return [place for place, state in self.boxes().items() if state == "open"]

    def message(self, key: str) -> dict[str, Any]:
        return next(message for message in self.items("messages") if message["key"] == key)

    def struck(self, key: str) -> dict[str, str]:
        """Lines that are left out, and why."""
        return {line["text"]: line["why"] for line in self.message(key)["lines"] if line["left_out"]}

    def checklist(self) -> str:
        answer = self.reader("GET", f"{self.path}/checklist.md")
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/markdown; charset=utf-8")
        text: str = answer.content.decode()
        return text
