"""Folders that the environment names: our own, and those of the machine that may be read.

As in `values.py`: each function takes the variable's name and text and raises ImproperlyConfigured.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# First words of the names in a data folder: of files that Nightdesk makes there.
OURS = {
    "secret_key", "encryption_keys", "postgres", "static", "bundle", "backups", "demo", "mirrors", "repositories",
}  # fmt: skip
OURS_FOR_A_WHILE = "nightdesk-"  # where a backup is unpacked (TMPDIR); a kill leaves it
TOO_COMMON = {"static"}  # beside ours lies `static.collected`


def data_folder(name: str, text: str, default: Path) -> Path:
    """The folder that is all ours. One that holds something else is refused before anything is written into it."""
    folder = (Path(text) if text else default).expanduser().resolve()
    try:
        there = {entry.name for entry in folder.iterdir()} if text and folder.is_dir() else set()
    except OSError as problem:
        raise ImproperlyConfigured(
            f"{name}: {folder} cannot be read ({problem.strerror}). Name a folder of your own"
        ) from problem
    there.discard("lost+found")  # of an empty disk
    if there and not any(_made_here(entry) for entry in there):
        raise ImproperlyConfigured(
            f"{name}: {folder} holds something that Nightdesk did not put there. Name an empty folder, or a new one"
        )
    return folder


def _made_here(entry: str) -> bool:
    """Whether a file or folder of this name shows that Nightdesk has used the folder it lies in."""
    if entry in TOO_COMMON:
        return False
    return entry.split(".")[0] in OURS or entry.startswith(OURS_FOR_A_WHILE)


def file_roots(name: str, text: str) -> list[Path]:
    """Colon-separated folders, each absolute. One that is not there yet is allowed: a mount may come later."""
    found = [Path(part) for part in text.split(":") if part]
    for folder in found:
        if not folder.is_absolute():
            raise ImproperlyConfigured(f"{name}: “{folder}” must be an absolute path such as /var/lib/soak")
        if folder.exists() and not folder.is_dir():
            raise ImproperlyConfigured(f"{name}: “{folder}” is not a folder")
    return found


def process_folder(name: str, text: str) -> Path | None:
    """The folder that processes come from as files; None without one. It must be there: a mount that was forgotten
    would leave a team working by yesterday's text."""
    if not text:
        return None
    folder = Path(text)
    if not folder.is_absolute():
        raise ImproperlyConfigured(
            f"{name}: “{text}” must be an absolute path such as /etc/nightdesk/processes"
        )
    try:
        next(folder.iterdir(), None)
    except NotADirectoryError as problem:
        raise ImproperlyConfigured(f"{name}: “{text}” is not a folder") from problem
    except OSError as problem:
        raise ImproperlyConfigured(f"{name}: “{text}” cannot be read ({problem.strerror})") from problem
    return folder
