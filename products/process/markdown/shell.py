"""What is typed into a terminal: is it a command, where does one end, which remark belongs to it. Pure."""

import re
from dataclasses import dataclass

_PROGRAMS = [
    "git",
    "gh",
    "glab",
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "pip",
    "pip3",
    "uv",
    "poetry",
    "make",
    "cmake",
    "cargo",
    "go",
    "mvn",
    "gradle",
    "./gradlew",
    "docker",
    "docker-compose",
    "podman",
    "kubectl",
    "k9s",
    "helm",
    "terraform",
    "ansible",
    "ansible-playbook",
    "ssh",
    "scp",
    "rsync",
    "curl",
    "wget",
    "sudo",
    "systemctl",
    "service",
    "journalctl",
    "psql",
    "mysql",
    "mysqldump",
    "pg_dump",
    "pg_restore",
    "redis-cli",
    "mongo",
    "mongosh",
    "aws",
    "gcloud",
    "az",
    "heroku",
    "fly",
    "flyctl",
    "vercel",
    "netlify",
    "cd",
    "cp",
    "mv",
    "rm",
    "mkdir",
    "chmod",
    "chown",
    "ls",
    "cat",
    "tail",
    "head",
    "grep",
    "awk",
    "sed",
    "find",
    "tar",
    "unzip",
    "ps",
    "kill",
    "top",
    "df",
    "du",
    "free",
    "ping",
    "dig",
    "nslookup",
    "openssl",
    "export",
    "source",
    "bash",
    "sh",
    "zsh",
    "python",
    "python3",
    "node",
    "php",
    "ruby",
    "bundle",
    "rake",
    "rails",
    "artisan",
    "manage.py",
    "django-admin",
    "echo",
    "touch",
    "nginx",
    "apachectl",
    "certbot",
    "ufw",
    "iptables",
    "supervisorctl",
    "pm2",
    "crontab",
    "at",
    "watch",
    "nohup",
    "jq",
    "yq",
    "vault",
    "consul",
    "nomad",
    "oc",
    "istioctl",
    "argocd",
    "flux",
    "eksctl",
]
PROGRAMS = frozenset(_PROGRAMS)
_PROMPT = re.compile(r"^\s*[$%❯>]\s+")


@dataclass(frozen=True)
class Command:
    """`run` as it is typed, the remark above it, the line it begins on (0 is the first of the block)."""

    run: str
    about: str
    line: int


def is_command(text: str) -> bool:
    """`git push`, `./deploy.sh live`, `$ anything`; not prose, not a file's name alone."""
    if _PROMPT.match(text):
        return True
    words = text.strip().split()
    if not words:
        return False
    first = words[0]
    while "=" in first and first.split("=")[0].isidentifier() and len(words) > 1:
        words = words[1:]
        first = words[0]
    if first in PROGRAMS:
        return len(words) > 1 or first in {"ls", "top", "make"}
    return re.fullmatch(r"(\./|\.\./|~/|/(usr|opt|bin|srv|home)/\S*)[\w./-]+", first) is not None and (
        first.startswith("./") or first.endswith(".sh") or len(words) > 1
    )


def balanced(text: str) -> bool:
    """No quote is open at its end; a remark has no quotes."""
    quote = ""
    escaped = remark = False
    for at, letter in enumerate(text):
        if escaped:
            escaped = False
        elif letter == "\n":
            remark = False
        elif remark:
            continue
        elif letter == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote = "" if letter == quote else quote
        elif letter == '"' or (letter == "'" and (at == 0 or not text[at - 1].isalnum())):
            quote = letter
        elif letter == "#" and (at == 0 or text[at - 1].isspace()):
            remark = True
    return not quote


def commands(code: str) -> list[Command]:
    """One for each thing to type; lines that go on (a backslash, an open quote) stay together."""
    found: list[Command] = []
    about: list[str] = []
    held: list[str] = []
    began = 0
    for number, line in enumerate(code.split("\n")):
        if not held:
            if not line.strip():
                about = []
                continue
            if line.lstrip().startswith("#"):
                about.append(line.lstrip("# ").strip())
                continue
            began = number
        held.append(_PROMPT.sub("", line) if not held else line)
        # An open quote holds what follows for forty lines at most: one stray apostrophe must not eat the rest.
        if line.endswith("\\") or (len(held) < 40 and not balanced("\n".join(held))):
            continue
        found.append(Command("\n".join(held).strip(), " ".join(about), began))
        held, about = [], []
    if held:
        found.append(Command("\n".join(held).strip(), " ".join(about), began))
    return found
