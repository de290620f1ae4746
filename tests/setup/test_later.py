"""What no page needs is loaded with the first who asks for it."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import resolve, reverse

from tests.setup.running import ROOT, environment

ASKS = """
import sys, django
from config.starting import importing
importing.begin()
django.setup()
from django.urls import NoReverseMatch, resolve, reverse
reverse("api_page"), resolve("/incidents/"), resolve("/in/push/key")
api, clients = {"ninja", "config.api.api", "incidents.api.verbs"}, {"httpx", "pycurl"}
assert not (api | clients) & set(sys.modules), (api | clients) & set(sys.modules)
from products.process.schema.document import ProcessDocument
assert not ProcessDocument.__pydantic_complete__
assert resolve("/api/v1/incidents").url_name == "list_incidents"
assert api <= set(sys.modules)
"""


def test_pages_are_known_without_api_and_clients_and_the_api_with_the_first_who_asks(tmp_path: Path) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASKS],
        env=environment(tmp_path / "data", DJANGO_SETTINGS_MODULE="config.settings"),
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (asked.returncode, asked.stderr) == (0, "")


WORKS = """
import sys
from celery.apps.worker import Worker
Worker.start = lambda worker: None
from config import celery_worker
assert celery_worker.main(None) == 0
from config.celery import app
app.loader.import_default_modules()
from config.ticker import loops
assert {"monitoring.tasks.probe_due", "config.tasks.echo"} <= set(app.tasks)
unwanted = {"ninja", "config.urls", "redis.client", "click_repl", "prompt_toolkit"} & set(sys.modules)
assert not unwanted, unwanted
"""


def test_a_worker_begins_without_pages_and_without_the_library_of_a_broker_it_has_not(tmp_path: Path) -> None:
    began = subprocess.run(
        [sys.executable, "-c", WORKS],
        env=environment(tmp_path / "data"), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (began.returncode, began.stderr) == (0, "")


@pytest.mark.parametrize("name", ["api:api-root", "api:openapi-json", "api:list_incidents"])
def test_names_of_the_api_lead_to_it(name: str) -> None:
    found = resolve(reverse(name))
    assert (found.namespace, found.view_name) == ("api", name)
    assert reverse(name).startswith("/api/v1/")
