"""`./run help`: Nightdesk's own commands, with what each is for; Django's stand behind `./run help --all`."""

from __future__ import annotations

from importlib import import_module

# In the order in which a person meets them, and in groups; what each does it says itself.
GROUPS = (
    ("Start", {"up": "config", "demo": "config", "prepare": "config"}),
    ("Keep", {"backup": "config", "restore": "config", "upgrade": "config"}),
    ("People and scripts", {"reset": "accounts", "token": "products"}),
    ("Processes and timelines",
     {"process": "products", "verify_timeline": "incidents", "render_lines": "incidents"}),
    ("For who works on Nightdesk", {"bench": "config", "chaos": "config", "screenshots": "config"}),
)  # fmt: skip
HEAD = "Usage: ./run COMMAND [OPTIONS]. ./run help COMMAND says what a command takes."
FOOT = "./run test runs the tests. ./run help --all lists Django's commands too."


def listing() -> str:
    """Every command of ours with the first sentence that it says of itself."""
    width = max(len(name) for _title, names in GROUPS for name in names)
    lines = [HEAD]
    for title, names in GROUPS:
        lines += ["", f"{title}:"]
        for name, app in names.items():
            said = str(import_module(f"{app}.management.commands.{name}").Command.help)
            lines.append(f"  {name:<{width}}  {said.partition('. ')[0].rstrip('.')}.")
    return "\n".join([*lines, "", FOOT])
