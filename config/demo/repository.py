"""The demo's repository: real git on this machine, with which the visitor does the hotfix and sees the boxes tick."""

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from foundation import moment
from foundation.secrets import unseal
from foundation.written import address
from hotfixes.git.trouble import GitError
from hotfixes.git.version import program
from hotfixes.models import Mirror
from products.models import Product, Repository

NAME = "krow-withus-worker-mobile"
WHO = "Sam Ito <sam@example.test>"
_PUBSPEC = "name: staff\ndescription: Shifts for people who work them.\nversion: {version}\n"
_HEAD = "# Changelog\n\n| Date | Version | What |\n|---|---|---|\n"
_SHIFTS = """// Lists the shifts of today.
List<String> titles(List<Shift> shifts) => [for (final shift in shifts) shift.site.name];
"""
_EXPIRY = """// When a token runs out.
DateTime expiry(Token token) => DateTime.fromMillisecondsSinceEpoch(token.exp{factor});
"""


def folder() -> Path:
    return Path(settings.NIGHTDESK_DATA) / "repositories" / "staff-mobile.git"


def connect(product: Product) -> None:
    """Make it, and watch it as any other; a push rings, so that nobody waits for the next look. Nothing without git."""
    place = folder()
    try:
        _make(place)
    except GitError:
        return
    repository = Repository(team=product.team, url=place.as_uri())
    repository.renew_hook()
    repository.save()
    Mirror.objects.create(repository=repository)
    Product.objects.filter(pk=product.pk).update(repository=repository)
    product.repository = repository
    _ring(place, address(f"/in/forge/{unseal(repository.hook_key)}"))


def _make(place: Path) -> None:
    """Two releases, the second a hotfix as the process has it; main stands on it, so that it can be done again."""
    git = program()
    place.mkdir(parents=True)
    _run(git, "init", "--quiet", "--bare", "--initial-branch=main", str(place))
    _run(git, "--git-dir", str(place), "fast-import", "--quiet", stdin=_history(moment.now()))


def _history(now: datetime) -> str:
    first, hotfix = now - timedelta(days=40), now - timedelta(days=3)
    rows = [f"| {first.date()} | 0.1.0 | First release |"]
    before = {
        "README.md": "# Staff Mobile\n\nThe demo's repository. Nothing in it is built.\n",
        "apps/mobile/apps/staff/pubspec.yaml": _PUBSPEC.format(version="0.1.0+5"),
        "apps/mobile/apps/staff/lib/shifts.dart": _SHIFTS,
        "apps/mobile/apps/staff/lib/token.dart": _EXPIRY.format(factor=""),
        "CHANGELOG.md": _HEAD + "\n".join(rows) + "\n",
    }
    fix = (
        "fix: nobody can sign in after the token change\n\nHOTFIX for production\n"
        "Issue: nobody can sign in\nSolution: reads `exp` as seconds\nTested: old and new tokens, on two phones\n"
    )
    rows.insert(0, f"| {hotfix.date()} | 0.1.1 | HOTFIX: sign-in after the token change |")
    after = {
        "apps/mobile/apps/staff/pubspec.yaml": _PUBSPEC.format(version="0.1.1+6"),
        "apps/mobile/apps/staff/lib/token.dart": _EXPIRY.format(factor=" * 1000"),
        "CHANGELOG.md": _HEAD + "\n".join(rows) + "\n",
    }
    return (
        _commit("chore: release 0.1.0\n", first, before)
        + _tag(f"{NAME}/prod-v0.1.0", "Release 0.1.0\n", first)
        + _commit(fix, hotfix, after)
        + _tag(f"{NAME}/prod-v0.1.1", "HOTFIX: sign-in after the token change\n", hotfix)
    )


def _commit(message: str, at: datetime, files: dict[str, str]) -> str:
    written = "".join(f"M 100644 inline {path}\n{_data(text)}" for path, text in files.items())
    return f"commit refs/heads/main\ncommitter {WHO} {int(at.timestamp())} +0000\n{_data(message)}{written}\n"


def _tag(name: str, message: str, at: datetime) -> str:
    return f"tag {name}\nfrom refs/heads/main\ntagger {WHO} {int(at.timestamp())} +0000\n{_data(message)}"


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def _ring(place: Path, url: str) -> None:
    hook = place / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ncurl -fsS -m 5 -o /dev/null -X POST '{url}' || true\n")
    hook.chmod(0o700)


def _run(*words: str, stdin: str = "") -> None:
    subprocess.run(words, input=stdin, text=True, check=True, capture_output=True)  # noqa: S603 - our own folder
