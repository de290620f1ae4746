"""What `./run bench verify` asks of the process beside the worker: a hotfix, and one whole look at its repository."""

import subprocess
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil

from accounts.models import User
from foundation import moment
from foundation.secrets import seal
from hotfixes.hooks.address import receiver_address
from hotfixes.lifecycle.start import start
from hotfixes.models import CheckResult, Hotfix, Mirror
from hotfixes.observing import asking, looking
from hotfixes.observing.claim import Claim
from incidents.lifecycle.declare import declare
from products.models import Forge
from tests.factories import make_product
from tests.hotfixes.checks.stories import KROW
from tests.hotfixes.forges.state import TOKEN
from tests.hotfixes.observing.watched import connected

BIG: dict[str, Any] = {
    "branch": "hotfix/v1",
    "base_tag": "v1",
    "tag": "v{new}",
    "build": None,
    "version_files": [{"path": "VERSION", "kind": "plain"}],
    "changelog": {"path": "CHANGELOG.md", "style": "headings"},
}


def hotfix(path: str, *, big: bool, version: str) -> dict[str, int]:
    """Of a product of its own; the worker leaves its repository alone until somebody asks."""
    by = User.objects.filter(is_administrator=True).earliest("pk")
    slug = "big" if big else "krow"
    product = make_product(name=slug.capitalize(), slug=slug, version=version)
    product.policy = BIG if big else {"version_files": KROW["version_files"]}
    product.repository = connected(product, f"file://{path}")
    product.save()
    severity = product.severities().get(key="CRITICAL")
    Mirror.objects.update(due_at=moment.now() + timedelta(hours=5))
    made = start(declare(product, by=by, title="Sign-in fails", severity=severity), by=by)
    return {"hotfix": made.pk, "repository": product.repository.pk}


def push(url: str, forge: str) -> dict[str, str]:
    """A hotfix of the repository at `url`, whose forge is at `forge`: its page, and its hook's address and secret."""
    by = User.objects.filter(is_administrator=True).earliest("pk")
    product = make_product(name="Krow", slug="krow", version="0.1.0")
    product.policy = {"version_files": KROW["version_files"]}
    facts = {"forge": Forge.GITHUB, "web_url": forge, "token": seal(TOKEN)}
    product.repository = connected(product, url, **facts)
    product.save()
    severity = product.severities().get(key="CRITICAL")
    incident = declare(product, by=by, title="Sign-in fails", severity=severity)
    start(incident, by=by)
    repository = product.repository
    secret = repository.hook_secrets[0]
    return {"path": incident.get_absolute_url(), "hook": receiver_address(repository), "secret": secret}


def verify(repository: int) -> float:
    """Milliseconds of a look: fetch, keep what is seen, judge, store."""
    token = uuid.uuid4()
    row = Mirror.objects.filter(repository=repository)
    row.update(lease_token=token, due_at=moment.now() + timedelta(hours=5))
    claim = Claim(token, row.get())
    began = time.perf_counter()
    looking._look(claim)
    took = (time.perf_counter() - began) * 1000
    row.update(due_at=moment.now() + timedelta(hours=5))
    return took


def verdicts(hotfix: int) -> dict[str, str]:
    rows = CheckResult.objects.filter(hotfix=hotfix, superseded_at=None)
    return dict(rows.values_list("key", "verdict"))


def megabytes() -> float:
    return float(psutil.Process().memory_info().rss / 1e6)


def hook(hotfix: int, branch: str, commit: str) -> float:
    """Seconds from a hook's hint until the rows speak of `commit`: the worker does all of it."""
    found = Hotfix.objects.select_related("repository").get(pk=hotfix)
    assert found.repository
    began = time.perf_counter()
    asking.fetch(found.repository)
    while time.perf_counter() - began < 70:
        rows = CheckResult.objects.filter(hotfix=found, key="merged", superseded_at=None)
        if rows.filter(facts__tip=commit).exists():
            return time.perf_counter() - began
        time.sleep(0.01)
    raise TimeoutError(f"{branch} at {commit} was not judged in 70 s")


def pushed(path: str, branch: str, number: int) -> str:
    """One more commit on the branch, by git itself; its id."""
    text = f"fix {number}\n"
    lines = [
        f"commit refs/heads/{branch}",
        "committer Ada <ada@example.test> now",
        f"data {len(text)}",
        text,
        f"from refs/heads/{branch}^0",
        f"M 100644 inline lib/fix{number}.py",
        f"data {len(text)}",
        text,
    ]
    command = ["git", f"--git-dir={path}", "fast-import", "--quiet", "--date-format=now"]
    subprocess.run(command, input="\n".join(lines).encode(), check=True)  # noqa: S603
    return (Path(path) / "refs/heads" / branch).read_text().strip()


OPERATIONS: dict[str, Callable[..., Any]] = {
    "verify_hotfix": hotfix,
    "push_hotfix": push,
    "verify": verify,
    "verify_verdicts": verdicts,
    "verify_hook": hook,
    "megabytes": megabytes,
}
