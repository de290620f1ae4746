"""Everything in one file, and back again.

`make.py` writes a backup, `restore.py` loads one into an empty database, `daily.py` does the former once a day for
the embedded server, `upgrade.py` does both when PostgreSQL's major version changes.
"""


class Trouble(Exception):
    """It cannot be done; the text is what a person can act on. Nothing was changed and nothing half is left."""
