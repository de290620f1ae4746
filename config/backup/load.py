"""PostgreSQL's SQL dump into an open transaction, without psql: one connection, so that all of it can be taken back."""

import re
from io import BufferedIOBase
from typing import Any

import psycopg
from psycopg.pq import ExecStatus

_COPY = re.compile(rb"COPY \S+ \(.*\) FROM stdin;\n")
_SET = re.compile(rb"SET (\w+) = .*;\n")
# `\restrict` is for psql only; the schema is always there.
_NOT_FOR_US = re.compile(rb"\\(un)?restrict |CREATE SCHEMA public;\n|--|\n")
_PIECE = 1 << 18


class CutOff(Exception):
    """The dump ends in the middle of a table."""


def load(dump: BufferedIOBase, connection: psycopg.Connection[Any]) -> None:
    """Run all of `dump`. Whoever calls it has begun a transaction and commits it. Raises psycopg.Error.

    The session's own settings are afterwards what they were before.
    """
    cursor = connection.cursor()
    cursor.execute("SELECT name FROM pg_settings")
    known = {name.encode() for (name,) in cursor.fetchall()}
    changed = {b"search_path"}
    batch: list[bytes] = []
    for line in iter(dump.readline, b""):
        if _COPY.fullmatch(line):
            _run(batch, connection)
            _copy(line, dump, cursor)
        elif setting := _SET.fullmatch(line):
            if setting[1] in known:  # an older server does not know every one of a newer pg_dump's
                changed.add(setting[1])
                batch.append(line)
        elif not _NOT_FOR_US.match(line):
            batch.append(line)
    _run([*batch, *(b"RESET %s;\n" % name for name in sorted(changed))], connection)


def _run(batch: list[bytes], connection: psycopg.Connection[Any]) -> None:
    """Many statements at once, which psycopg's own cursors do not take."""
    if batch:
        result = connection.pgconn.exec_(b"".join(batch))
        batch.clear()
        if result.status == ExecStatus.FATAL_ERROR:
            raise psycopg.errors.lookup(
                (result.error_field(psycopg.pq.DiagnosticField.SQLSTATE) or b"XX000").decode()
            )(result.error_message.decode(errors="replace"))


def _copy(statement: bytes, dump: BufferedIOBase, cursor: psycopg.Cursor[Any]) -> None:
    with cursor.copy(statement) as copy:
        rows: list[bytes] = []
        size = 0
        while (row := dump.readline()) != b"\\.\n":
            if not row:
                raise CutOff
            rows.append(row)
            size += len(row)
            if size > _PIECE:
                copy.write(b"".join(rows))
                rows, size = [], 0
        copy.write(b"".join(rows))
