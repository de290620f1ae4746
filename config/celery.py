"""The worker: a doorbell on top of PostgreSQL.

What is due lives in rows; a lost message costs a second (ASSURANCE.md §2).
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("nightdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _add_ticker() -> None:
    # Here and not at the top: the ticker needs Django's apps, which Celery's fixup sets up after this
    # module is read.
    from config.ticker import Ticker

    app.steps["worker"].add(Ticker)


_add_ticker()
