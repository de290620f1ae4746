"""A watched story whose repository is read over HTTP, as a team's is."""

from dataclasses import dataclass, field

import pytest

from foundation.secrets import seal
from hotfixes.models import Hotfix, Mirror
from tests.hotfixes.git.serving import TOKEN, Site
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.shapes.states import only_git

# What the operator allows for it.
ALLOWED = {"NIGHTDESK_GIT_PROTOCOLS": ("http",), "NIGHTDESK_PROBE_NETWORKS": ["127.0.0.0/8"]}


@dataclass
class Over:
    """A story whose repository is read over HTTP with a token."""

    watched: Watched
    site: Site
    hotfix: Hotfix
    patch: pytest.MonkeyPatch = field(default_factory=pytest.MonkeyPatch)

    @classmethod
    def begun(cls, watched: Watched, site: Site) -> "Over":
        """Looked at before and after its whole fix."""
        site.token = TOKEN
        repository = watched.product.repository
        assert repository
        repository.url = f"{site.url}/product.git"
        repository.token = seal(TOKEN)
        repository.save()
        hotfix = watched.hotfix()
        watched.story.whole_fix()
        watched.look()
        return cls(watched, site, hotfix)

    @property
    def mirror(self) -> Mirror:
        return Mirror.objects.get()

    @property
    def verdicts(self) -> dict[str, str]:
        return only_git(self.watched.verdicts(self.hotfix))

    @property
    def kinds(self) -> list[str]:
        return self.watched.kinds(self.hotfix.incident)

    def at(self, url: str) -> None:
        repository = self.watched.product.repository
        assert repository
        type(repository).objects.filter(pk=repository.pk).update(url=url)
