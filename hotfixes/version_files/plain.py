"""A file that holds a version and nothing else: VERSION, version.txt."""

from hotfixes.version_files.shapes import Reason, Unknown, Version, judged


def read(text: str, key: str = "") -> Version | Unknown:
    """The only line with anything on it; lines that begin with `#` are comments."""
    lines = [
        (number, line.strip())
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        return Unknown(Reason.MISSING)
    if len(lines) > 1:
        return Unknown(Reason.NOT_A_VERSION, lines[1][0])
    return judged(lines[0][1], lines[0][0])
