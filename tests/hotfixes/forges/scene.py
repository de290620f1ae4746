"""A hotfix with a real repository and a real forge: what people do on either is seen at the next look."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hotfixes.checks import Context, Result, evaluate
from hotfixes.forges.reading import Ask, read
from hotfixes.forges.trouble import ForgeError
from tests.hotfixes.checks.stories import BRANCH, KROW, TAG, Story
from tests.hotfixes.forges.playing import Forge
from tests.hotfixes.forges.state import Pull, State

REVIEW: dict[str, Any] = {
    "label": "URGENT",
    "title": "HOTFIX: {issue}",
    "opening": "**URGENT PRODUCTION FIX**",
    "parts": [{"label": "Issue"}, {"label": "Impact"}, {"label": "Solution"}, {"label": "Testing"}],
    "approvals": 1,
}


@dataclass
class Scene:
    """`ask_forge` False: none is connected. Both clocks are one: each thing takes a minute."""

    story: Story
    forge: Forge
    ask_forge: bool = True
    trouble: str = ""
    fetched: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.story.policy = {**KROW, "review": REVIEW}
        self.observe()

    @property
    def state(self) -> State:
        """The forge's, with its clock set."""
        self.forge.state.at = max(self.forge.state.at, self.story.now)
        return self.forge.state

    @property
    def tip(self) -> str:
        return self.story.repository.tips[f"refs/heads/{BRANCH}"]

    def rule(self, **review: Any) -> None:
        self.story.policy["review"] = {**REVIEW, **review}

    def observe(self) -> None:
        """Git is asked only when anything moved: a look that finds nothing new stores nothing."""
        self.story.now = max(self.forge.state.at, self.story.now)
        tips = dict(self.story.repository.tips)
        if tips == self.fetched:
            self.story.now += timedelta(minutes=1)
            return
        self.story.observe()
        self.fetched = tips

    def asked(self, **given: Any) -> Pull:
        """The fix is pushed and seen, and a review asked for."""
        self.story.whole_fix()
        self.observe()
        return self.state.open(self.tip, **given)

    def push(self, pull: Pull, **files: str) -> str:
        head = self.story.commit(files or {"lib/more.dart": str(self.story.now)}, "fix: more\n")
        self.state.push(pull, head)
        return head

    def context(self) -> Context:
        context = self.story.context()
        if self.trouble or not self.ask_forge:
            return replace(context, forge_trouble=self.trouble)
        ask = Ask(BRANCH, tuple(one for one in (context.tip, context.main) if one), TAG)
        try:
            return replace(context, forge=read(self.forge.connection(), ask)[0])
        except ForgeError as problem:
            return replace(context, forge_trouble=problem.sentence)

    def judge(self, key: str) -> Result:
        """As of a fresh look at both."""
        self.observe()
        return evaluate(self.context(), [key])[key]

    def verdict(self, key: str) -> str:
        return str(self.judge(key).verdict)
