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
from hotfixes.observing.asking import fetch
from hotfixes.observing.looking import look_due
from products.models import Product, Repository

NAME = "krow-withus-worker-mobile"
WHO = "Sam Ito <sam@example.test>"
BRANCH = f"hotfix/{NAME}-v0.1.1"
# How long ago the story began whose hotfix it has.
STORY = timedelta(days=9, minutes=20)
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
    # Seen once while its fix was still beside main, as a watched repository is: that cannot be told afterwards.
    look_due()
    _feed(place, _released(moment.now()))
    fetch(repository)
    look_due()
    _ring(place, address(f"/in/forge/{unseal(repository.hook_key)}"))


def _make(place: Path) -> None:
    git = program()
    place.mkdir(parents=True)
    _run(git, "init", "--quiet", "--bare", "--initial-branch=main", str(place))
    _feed(place, _fixed(moment.now()))


def _feed(place: Path, history: str) -> None:
    _run(program(), "--git-dir", str(place), "fast-import", "--quiet", stdin=history)


def _fixed(now: datetime) -> str:
    """The first release, and the hotfix of the story that is over (krow.py), at its time."""
    first, fixed = now - timedelta(days=71), now - STORY + timedelta(minutes=13)
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
    rows.insert(0, f"| {fixed.date()} | 0.1.1 | HOTFIX: sign-in after the token change |")
    after = {
        "apps/mobile/apps/staff/pubspec.yaml": _PUBSPEC.format(version="0.1.1+6"),
        "apps/mobile/apps/staff/lib/token.dart": _EXPIRY.format(factor=" * 1000"),
        "CHANGELOG.md": _HEAD + "\n".join(rows) + "\n",
    }
    return (
        _commit("main", "chore: release 0.1.0\n", first, before)
        + _tag("prod-v0.1.0", "Release 0.1.0\n", first)
        + f"reset refs/heads/{BRANCH}\nfrom refs/heads/main\n\n"
        + _commit(BRANCH, fix, fixed, after)
    )


def _released(now: datetime) -> str:
    """Main is led on to it, and it is tagged: so main stands on a hotfix, and the next can be done."""
    tagged = now - STORY + timedelta(minutes=30)
    return f"reset refs/heads/main\nfrom refs/heads/{BRANCH}^0\n\n" + _tag(
        "prod-v0.1.1", "HOTFIX: sign-in after the token change\n", tagged
    )


def _commit(branch: str, message: str, at: datetime, files: dict[str, str]) -> str:
    written = "".join(f"M 100644 inline {path}\n{_data(text)}" for path, text in files.items())
    return f"commit refs/heads/{branch}\ncommitter {WHO} {int(at.timestamp())} +0000\n{_data(message)}{written}\n"


def _tag(name: str, message: str, at: datetime) -> str:
    return (
        f"tag {NAME}/{name}\nfrom refs/heads/main\ntagger {WHO} {int(at.timestamp())} +0000\n{_data(message)}"
    )


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def _ring(place: Path, url: str) -> None:
    hook = place / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ncurl -fsS -m 5 -o /dev/null -X POST '{url}' || true\n")
    hook.chmod(0o700)


def _run(*words: str, stdin: str = "") -> None:
    subprocess.run(words, input=stdin, text=True, check=True, capture_output=True)  # noqa: S603 - our own folder
