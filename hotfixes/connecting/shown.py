"""A repository as its pages show it: how reading it goes, what was found for one product, what to do about trouble."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from hotfixes.git.progress import Phase
from hotfixes.git.trouble import PASSING, Trouble
from hotfixes.models import Mirror
from products.models import Forge, Product

# What a person can do; the sentence of the trouble says what it is.
ADVICE: Final = {
    Trouble.BAD_URL: lazy("Change the address: copy the one that the forge offers for cloning over https."),
    Trouble.PROTOCOL: lazy("Use an https address, or ask who runs this server to allow this kind."),
    Trouble.ADDRESS: lazy(
        "Ask who runs this server to open that network: NIGHTDESK_PROBE_NETWORKS or NIGHTDESK_WEBHOOK_NETWORKS."
    ),
    Trouble.NAME: lazy("Look for a typing error in the host’s name."),
    Trouble.TLS: lazy("Have the host’s certificate renewed, or use the name that stands in it."),
    Trouble.REDIRECTED: lazy("Open the repository in a browser and copy the address from there."),
    Trouble.CREDENTIALS: lazy("Replace the token by one that may read this repository’s contents."),
    Trouble.NOT_A_REPOSITORY: lazy("Check the address. A private repository needs a token that may read it."),
    Trouble.TOO_BIG: lazy("Nightdesk takes branches and tags of at most 2 GB."),
    Trouble.CORRUPT: lazy("Run git fsck in a clone; old, harmless faults can be allowed for one repository."),
    Trouble.SHALLOW: lazy("Connect the repository that the copy was made of."),
    Trouble.DISK: lazy("Ask who runs this server for more room."),
    Trouble.GIT: lazy("Ask who runs this server to install a newer git."),
}
PHASES: Final = {
    Phase.PREPARING: lazy("the other side prepares"),
    Phase.RECEIVING: lazy("receiving"),
    Phase.RESOLVING: lazy("unpacking"),
}
PROBLEMS: Final = {
    "nothing": lazy("not there"),
    "folder": lazy("a folder, no file"),
    "symlink": lazy("a link, which is not followed"),
    "submodule": lazy("a submodule"),
    "too_big": lazy("too big to be read"),
}
# Which deliveries to tick, in the forge's own words.
EVENTS: Final = {
    Forge.GITHUB: (
        "Pushes", "Branch or tag creation", "Branch or tag deletion", "Pull requests", "Pull request reviews",
        "Check runs", "Workflow runs", "Statuses", "Releases", "Deployments", "Deployment statuses",
    ),
    Forge.GITLAB: (
        "Push events", "Tag push events", "Merge request events", "Pipeline events", "Job events", "Deployment events",
        "Releases events",
    ),
    Forge.GITEA: (
        "Create", "Delete", "Push", "Pull Request", "Pull Request Labeled", "Pull Request Reviewed", "Release",
        "Status",
    ),
}  # fmt: skip
WHERE: Final = {
    Forge.GITHUB: lazy(
        "On GitHub: Settings, Webhooks, Add webhook. Payload URL and Secret as here, content type application/json, "
        "“Let me select individual events”."
    ),
    Forge.GITLAB: lazy("On GitLab: Settings, Webhooks, Add new webhook. URL and Secret token as here."),
    Forge.GITEA: lazy(
        "On Gitea or Forgejo: Settings, Webhooks, Add webhook. Target URL and Secret as here, POST, application/json, "
        "“Custom events”."
    ),
}


@dataclass(frozen=True)
class Status:
    """`kind`: waiting, reading, ready or trouble. `busy`: it will soon say something else."""

    kind: str
    mirror: Mirror | None
    sentence: str
    advice: str = ""
    again: bool = False

    @property
    def busy(self) -> bool:
        return self.kind in ("waiting", "reading") or bool(self.mirror and self.mirror.percent is not None)

    @property
    def percent(self) -> int | None:
        return self.mirror.percent if self.mirror else None

    @property
    def phase(self) -> str:
        phase = self.mirror.phase if self.mirror else ""
        return str(PHASES[Phase(phase)]) if phase else ""


def status(product: Product) -> Status:
    """Of the product's repository, which it has."""
    mirror = Mirror.objects.filter(repository=product.repository_id).first()
    if mirror is None or (mirror.state == Mirror.State.NEW and mirror.percent is None):
        if mirror and mirror.lease_token:
            return Status("reading", mirror, _("It is being read for the first time."))
        return Status("waiting", mirror, _("It is read as soon as a worker is free, usually within seconds."))
    if mirror.state == Mirror.State.NEW:
        return Status("reading", mirror, _("It is being read for the first time."))
    if mirror.state == Mirror.State.TROUBLE:
        trouble = Trouble(mirror.trouble)
        return Status(
            "trouble", mirror, mirror.sentence, str(ADVICE.get(trouble, "")), again=trouble in PASSING
        )
    return Status("ready", mirror, "")


def found(product: Product, mirror: Mirror | None) -> dict[str, Any] | None:
    """What the last good look found, with moments read and problems in words; None before there was one."""
    kept = mirror.found.get(str(product.pk)) if mirror else None
    if not kept or mirror is None:
        return None
    changelog = kept.get("changelog")
    return {
        **kept,
        "newest": [{**tag, "at": parse_datetime(tag["at"]) if tag["at"] else None}
                   for tag in kept.get("newest", [])],
        "files": [_worded(file) for file in kept.get("files", [])],
        "changelog": _worded(changelog) if changelog else None,
        "mains": _mains(kept, mirror),
    }  # fmt: skip


def _worded(facts: dict[str, Any]) -> dict[str, Any]:
    problem = facts.get("problem", "")
    return {**facts, "problem": str(PROBLEMS.get(problem, problem))}


def _mains(kept: dict[str, Any], mirror: Mirror) -> list[str]:
    """Branches to offer in place of a main branch that is not there, or is not the one the other side goes by."""
    default = mirror.default_branch
    if kept.get("main_there", True) and default in ("", kept.get("main")):
        return []
    offered = [default, *([] if kept.get("main_there") else kept.get("other_mains", []))]
    return [name for name in dict.fromkeys(offered) if name and name != kept.get("main")][:4]
