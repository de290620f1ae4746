"""A story as the app watches it: people work in a real repository, workers look, rows and pages follow."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.models import Role, User
from hotfixes.judging import judge_due
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix, Mirror
from hotfixes.observing import asking
from hotfixes.observing.looking import look_due
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product, Repository
from tests.factories import join, make_product, make_user
from tests.hotfixes.checks.stories import KROW, Story


@dataclass
class Watched:
    """`story` is the repository with its people; its own mirror is not used here."""

    story: Story
    product: Product
    ada: User

    @classmethod
    def begun(cls, folder: Path, policy: dict[str, Any] | None = None) -> "Watched":
        story = Story.begun(folder)
        product = make_product(name="Krow", slug="krow")
        product.version = "0.1.0"
        product.policy = policy or {"version_files": KROW["version_files"]}
        product.repository = connected(product, story.repository.url)
        product.save()
        ada = make_user()
        join(ada, product.team, Role.MANAGER)
        return cls(story, product, ada)

    def incident(self, **facts: Any) -> Incident:
        severity = self.product.severities().get(key="CRITICAL")
        return declare(self.product, by=self.ada, title="sign-in fails", severity=severity, **facts)

    def hotfix(self, **facts: Any) -> Hotfix:
        """Started and looked at once."""
        made = start(self.incident(), by=self.ada, **facts)
        self.look()
        return made

    def look(self) -> None:
        """What a hook or the next poll brings about."""
        if self.product.repository:
            asking.fetch(self.product.repository)
        while look_due():
            pass
        while judge_due():
            pass

    def verdicts(self, hotfix: Hotfix) -> dict[str, str]:
        """Of the checks that the pinned policy and process ask about."""
        rows = hotfix.results.filter(superseded_at=None)
        return dict(rows.values_list("key", "verdict"))

    def summary(self, hotfix: Hotfix, key: str) -> str:
        return hotfix.results.get(key=key, superseded_at=None).summary

    def boxes(self, incident: Incident) -> dict[str, str]:
        return dict(incident.checklist.exclude(check_key="").values_list("check_key", "state"))

    def kinds(self, incident: Incident) -> list[str]:
        return list(incident.events.order_by("seq").values_list("kind", flat=True))


def connected(product: Product, url: str, **facts: Any) -> Repository:
    repository = Repository(team=product.team, url=url, **facts)
    repository.renew_hook()
    repository.save()
    Mirror.objects.create(repository=repository)
    return repository
