"""The page of the API forgets nothing; its lines are run in test_up."""

import re

from config.api.api import api
from tests.setup.running import ROOT


def test_every_resource_of_the_api_is_in_its_page() -> None:
    """Resources that docs/api.md forgets would be found by nobody who reads it. Lines that need a hotfix count too."""
    told = set(re.findall(r"\$API/(\w+)", (ROOT / "docs/api.md").read_text()))
    assert {path.split("/")[3] for path in api.get_openapi_schema()["paths"]} == told
