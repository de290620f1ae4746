"""Patterns for paths in a tree: `*` and `?` within one name, `**` for any number of folders. Linear, whatever they say.

Not turned into a regular expression: a policy's author could otherwise write one that never ends.
"""


def matches(pattern: str, path: str) -> bool:
    """Whether the whole path is what the pattern describes. Cost: at most length × length steps.

    >>> matches("**/migrations/*.py", "app/migrations/0001_initial.py")
    True
    """
    names = path.split("/")
    alive = {0}  # how many names of the path the part of the pattern read so far can have taken
    for part in pattern.split("/"):
        if part == "**":
            alive = set(range(min(alive), len(names) + 1))
        else:
            alive = {n + 1 for n in alive if n < len(names) and _name(part, names[n])}
        if not alive:
            return False
    return len(names) in alive


def literal_folder(pattern: str) -> str:
    """The leading folders without a wildcard, ending in a slash, or "": git need only look there.

    >>> literal_folder("apps/web/**/package.json")
    'apps/web/'
    """
    folders: list[str] = []
    for part in pattern.split("/")[:-1]:
        if "*" in part or "?" in part:
            break
        folders.append(part)
    return "".join(folder + "/" for folder in folders)


def _name(pattern: str, name: str) -> bool:
    """`*` and `?` within one name, by the walk that goes back to the last star only: no backtracking tree."""
    p = n = 0
    star, resume = -1, 0
    while n < len(name):
        if p < len(pattern) and pattern[p] == "*":
            star, resume, p = p, n, p + 1
        elif p < len(pattern) and pattern[p] in ("?", name[n]):
            p, n = p + 1, n + 1
        elif star >= 0:
            resume += 1
            p, n = star + 1, resume
        else:
            return False
    return pattern[p:].strip("*") == ""
