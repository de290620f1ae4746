"""The process in which apprise works: it sends one message and ends. Run by its path; never imported by Nightdesk.

Apprise opens connections of its own, so the walls are Python's audit hooks, which cannot be taken away again: a
socket opens only to a peer that the egress policy lets pass, files are read only where Python itself lives, and
nothing is written, started or loaded. Task and answer are JSON on stdin and stdout.
"""

import json
import os
import resource
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

CPU_S, FILES = 20, 128
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
# Programs, libraries from elsewhere, servers: never.
NEVER = (
    "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.startfile", "pty.", "ctypes.",
    "socket.bind", "os.remove", "os.rename", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate",
    "shutil.", "sqlite3.", "ftplib.", "os.putenv", "webbrowser.",
)  # fmt: skip


class Walls:
    """The hook. `said` is the policy's sentence for what was refused first; `broken` names anything else."""

    def __init__(self, policy: Any, readable: tuple[str, ...]) -> None:
        self.policy, self.readable = policy, readable
        self.said = ""
        self.broken = ""

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            self._peer(given[1])
        elif event == "open":
            self._file(given[0], given[2])
        elif event.startswith(NEVER):
            self.broken = self.broken or event
            raise PermissionError(f"{event} is not allowed here")

    def _peer(self, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) and address and isinstance(address[0], str) else ""
        refused = self.policy.refusal(host) if host else "only the internet is reached from here"
        if refused:
            self.said = self.said or refused
            raise PermissionError(refused)

    def _file(self, path: Any, flags: Any) -> None:
        if isinstance(path, int):
            return
        name = os.path.realpath(os.fsdecode(path))
        reading = isinstance(flags, int) and not flags & WRITING
        if name == os.devnull or (reading and name.startswith(self.readable)):
            return
        self.broken = self.broken or "open"
        raise PermissionError(f"{name} is not read here")


def work(task: dict[str, Any]) -> dict[str, Any]:
    """`ok`, and what apprise says of it; `refused` when it wanted to go where the policy does not let it."""
    sys.path.append(task["root"])
    from django.conf import settings

    settings.configure(USE_I18N=False)
    import apprise

    from network.egress import Policy

    plugin = _plugin(task["module"], task["service"])
    policy = Policy(frozenset(ip_network(text) for text in task["networks"]), task["variable"])
    walls = Walls(policy, _readable(task["authorities"]))
    asset = apprise.AppriseAsset(app_id="Nightdesk", allow_templates=False, http_redirects=0)
    with apprise.LogCapture(  # type: ignore[no-untyped-call]
        level=apprise.logging.WARNING, fmt="%(message)s"
    ) as log:
        sys.addaudithook(walls)
        sender = _sender(plugin, task["url"], asset)
        if sender is None or task["only_check"]:
            return {
                "ok": sender is not None,
                "said": log.getvalue()[-1000:],
                "refused": "",
                "broken": walls.broken,
            }
        notice = apprise.Apprise(asset=asset)
        notice.add(sender)
        text = {"title": task["title"], "body": task["body"], "body_format": apprise.NotifyFormat.TEXT}
        ok = bool(notice.notify(notify_type=task["type"], **text))
        return {"ok": ok, "said": log.getvalue()[-1000:], "refused": walls.said, "broken": walls.broken}


def _readable(authorities: str) -> tuple[str, ...]:
    homes = {os.path.realpath(prefix) + os.sep for prefix in (sys.prefix, sys.base_prefix)}
    certificates = [os.path.realpath(authorities)] if authorities else []
    return (*homes, "/etc/ssl/", "/usr/share/", "/usr/lib/", "/etc/resolv.conf", "/etc/hosts", *certificates)


def _plugin(module: str, service: str) -> Any:
    """The class for `service`, and no other plugin: all of them take seconds."""
    from importlib import import_module

    found = vars(import_module(f"apprise.plugins.{module}"))
    for one in found.values():
        if isinstance(one, type) and service in _words(getattr(one, "secure_protocol", None)) + _words(
            getattr(one, "protocol", None)
        ):
            return one
    raise LookupError(service)


def _words(known: Any) -> list[str]:
    return [] if not known else [known] if isinstance(known, str) else list(known)


def _sender(plugin: Any, url: str, asset: Any) -> Any:
    parsed = plugin.parse_url(url)
    if not parsed:
        return None
    try:
        return plugin(**{**parsed, "overflow": "truncate"}, asset=asset)
    except (TypeError, ValueError):
        return None


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    task = json.loads(sys.stdin.buffer.read())
    # What a plugin prints is not the answer.
    out = os.dup(1)
    os.dup2(2, 1)
    task["root"] = str(Path(__file__).resolve().parents[2])
    answer = json.dumps(work(task)).encode()
    os.write(out, answer)
    # No plugin's cleaning up: what it would do, nobody waits for.
    os._exit(0)


if __name__ == "__main__":
    main()
