"""The worker: a doorbell on top of PostgreSQL.

What is due lives in rows; a lost message costs a second.
"""

import os
import sys

import django
from celery import Celery, signals
from django.core.exceptions import ImproperlyConfigured
from kombu.transport import TRANSPORT_ALIASES

from config.starting import importing

if "worker" in sys.argv:
    importing.begin()  # the ticker starts when everything is there
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("NIGHTDESK_LIMITS", "1")  # before the settings are read
# A worker does not judge our own code: Django's checks would load every page and the API first.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
# What these mean here. By name: without Redis its library is not loaded.
TRANSPORT_ALIASES.update(
    memory="config.broker.memory:Transport",
    redis="config.broker.redis:Transport",
    rediss="config.broker.redis:Transport",
)
app = Celery("nightdesk")
try:
    app.config_from_object("django.conf:settings", namespace="CELERY", force=True)
except ImproperlyConfigured as problem:
    raise SystemExit(f"Nightdesk cannot start: {problem}") from None
app.autodiscover_tasks()


def _on_tables_of_its_own(**_: object) -> None:
    """A worker that is older than the tables ends with a sentence, however it was started."""
    django.setup()
    from config.database import cluster, migrated

    try:
        migrated.start()
    except cluster.Unusable as problem:
        raise SystemExit(f"Nightdesk cannot start: {problem}") from None


signals.worker_init.connect(_on_tables_of_its_own)
# By name: the ticker needs Django's apps, which are loaded only after this module.
app.steps["worker"].add("config.ticker:Ticker")
app.steps["worker"].add("config.health.worker:Health")
