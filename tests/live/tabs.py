"""Chromium with real tabs: only one of them is seen. Playwright tells each of its pages that it is in front."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.browser import QUIET
from tests.patience import MUST_MS

WHOLE = ("chromium", "chromium-browser", "google-chrome")  # the shell alone has no tabs


class Tabs:
    """Spoken to through a pipe, as https://chromedevtools.github.io/devtools-protocol/ has it."""

    def __init__(self, profile: Path) -> None:
        found = next(filter(None, map(shutil.which, WHOLE)), None)
        if not found:
            pytest.skip("no Chromium with tabs on this machine")
        (theirs_in, self._in), (self._out, theirs_out) = os.pipe(), os.pipe()
        options = [
            "--headless=new",
            "--remote-debugging-pipe",
            f"--user-data-dir={profile}",
            *QUIET,
            "about:blank",
        ]
        line = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out} >/dev/null 2>&1'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", line, "tabs", found, *options], pass_fds=(theirs_in, theirs_out)
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._number = 0
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        rest = b""
        while more := os.read(self._out, 65536):
            *whole, rest = (rest + more).split(b"\0")
            for each in whole:
                if "id" in (said := json.loads(each)):
                    self._answers.put(said)

    def call(self, method: str, session: str = "", **facts: Any) -> dict[str, Any]:
        self._number += 1
        asked = {
            "id": self._number,
            "method": method,
            "params": facts,
            **({"sessionId": session} if session else {}),
        }
        os.write(self._in, json.dumps(asked).encode() + b"\0")
        while (answer := self._answers.get(timeout=MUST_MS / 1000))["id"] != self._number:
            pass  # too late: nobody waits for it
        found: dict[str, Any] = answer.get("result", {})
        return found

    def open(self, address: str, *, behind: bool) -> Tab:
        return Tab(self, self.call("Target.createTarget", url=address, background=behind)["targetId"])

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        os.close(self._in)


class Tab:
    def __init__(self, tabs: Tabs, target: str) -> None:
        self._tabs, self._target = tabs, target
        self._session = tabs.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def says(self, expression: str) -> Any:
        found = self._tabs.call("Runtime.evaluate", self._session, expression=expression, returnByValue=True)
        return found.get("result", {}).get("value")  # None while a page comes

    def show(self) -> None:
        self._tabs.call("Target.activateTarget", targetId=self._target)
