"""Who may what is written down for all that exists; test_pages.py and test_operations.py ask it of everybody."""

import re

from config.api.api import api
from tests.security.asking import addresses
from tests.security.operations import OPERATIONS, UNDESCRIBED
from tests.security.pages import KEYED, PAGES


def test_every_address_has_a_rule_and_every_rule_an_address() -> None:
    assert set(addresses()) == {page.name for page in PAGES} | set(KEYED)
    assert len(PAGES) == len({page.name for page in PAGES})


def test_every_operation_has_a_rule_and_every_rule_an_operation() -> None:
    there = {
        f"{method} {shape(path)}"
        for _prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if path not in UNDESCRIBED
    }
    assert there == {row.call.replace("krow", "{}") for row in OPERATIONS}
    assert len(OPERATIONS) == len(there)


def shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)
