"""What the processes say of themselves: on the terminal or in the container's log."""

import sys

import structlog

from foundation.logging import harmless_values, rendered_without_keys, traceback

# What went wrong goes to the terminal or the container's log, with its traceback; a missing page is not news.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without keys": {"()": "foundation.logging.Formatter"}},
    "filters": {
        "in one line": {"()": "foundation.logging.InOneLine"},
        "outages in one line": {"()": "foundation.logging.OutagesInOneLine"},
        "once": {"()": "foundation.logging.NotConnecting"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "without keys"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["outages in one line"]},
        "psycopg.pool": {"filters": ["once"]},
        # Whoever knocks by another name: anybody in the network can, as often as they like.
        "django.security.DisallowedHost": {"filters": ["in one line"]},
    },
}


def keep_records() -> None:
    """Who did what is a record for the same place; what a command prints stays apart from it.

    Tracebacks are plain: structlog's own would print every local variable, passwords among them."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.StackInfoRenderer(),
            structlog.dev.set_exc_info,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            harmless_values,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=traceback),
            rendered_without_keys,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
