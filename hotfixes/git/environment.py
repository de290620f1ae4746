"""The surroundings in which git runs: nothing of this machine's or of a person's configuration, no prompts, no hooks.

Needs git 2.39: older ones know no `http.curloptResolve` (2.37) and no `safe.bareRepository` (2.38).
"""

import os
from collections.abc import Mapping, Sequence

from network import authorities

# `-c` settings of every run. What a repository or this machine says otherwise does not count.
_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.askPass": "",
    "core.alternateRefsCommand": "",
    "core.quotePath": "false",
    "core.packedGitWindowSize": "32m",  # address space is limited: a pack is mapped in small windows
    "core.packedGitLimit": "256m",
    "core.fsync": "none",  # a mirror lost with the power is fetched again
    "credential.helper": "",
    "protocol.allow": "never",
    "protocol.version": "2",
    "transfer.fsckObjects": "true",
    "fetch.fsckObjects": "true",
    "fetch.recurseSubmodules": "false",
    "fetch.unpackLimit": "1",  # one pack a fetch: then the limit of one file is the limit of a fetch
    "fetch.writeCommitGraph": "false",
    "safe.bareRepository": "explicit",
    "http.followRedirects": "false",
    "http.sslVerify": "true",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "http.userAgent": "Nightdesk",
    "http.proxy": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "pack.threads": "1",
    "index.threads": "1",
    "advice.detachedHead": "false",
    "log.showSignature": "false",
    "log.mailmap": "false",
    "diff.renames": "false",
    "diff.external": "",
}


def settings(protocols: Sequence[str] = (), more: Mapping[str, str] | None = None) -> list[str]:
    """`-c key=value` for each setting; only `protocols` (such as "https") may be spoken."""
    chosen = _SETTINGS | {f"protocol.{name}.allow": "always" for name in protocols} | dict(more or {})
    return [word for key, value in chosen.items() for word in ("-c", f"{key}={value}")]


def environment(
    protocols: Sequence[str] = (), secret_settings: Sequence[tuple[str, str]] = ()
) -> dict[str, str]:
    """The whole environment of one run. `secret_settings` are configuration that must not stand in argv or on disk
    (a token): only the process and its owner see an environment.
    """
    chosen = {
        "PATH": search_path(),
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "false",
        "GIT_SSH_COMMAND": "false",
        "GIT_EDITOR": "false",
        "GIT_PAGER": "cat",
        "GIT_ALLOW_PROTOCOL": ":".join(protocols) or "none",  # empty would mean: whatever is configured
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_GRAFT_FILE": "/nonexistent",  # one that exists makes git print hints
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }
    if bundle := authorities.bundle():
        chosen["GIT_SSL_CAINFO"] = bundle
    if secret_settings:
        chosen["GIT_CONFIG_COUNT"] = str(len(secret_settings))
        for n, (key, value) in enumerate(secret_settings):
            chosen |= {f"GIT_CONFIG_KEY_{n}": key, f"GIT_CONFIG_VALUE_{n}": value}
    return chosen


def search_path() -> str:
    """PATH with its absolute folders only: a relative one would find programs where a repository lies."""
    folders = [f for f in os.environ.get("PATH", "").split(":") if f.startswith("/")]
    return ":".join(folders) or "/usr/local/bin:/usr/bin:/bin"
