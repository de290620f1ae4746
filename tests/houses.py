"""A house that a file makes once, for all its tests (tests/fixtures/undone.py): each reads the rows of it anew."""

from collections.abc import Callable

import pytest
from django.db.models import Model


def of_house[M: Model](
    request: pytest.FixtureRequest, name: str, make: Callable[[], M], *, house: str = "house"
) -> M:
    """The `name` of the file's fixture `house`, read anew; made where the file has no house."""
    if house not in request.fixturenames:
        return make()
    row: M = getattr(request.getfixturevalue(house), name)
    return type(row)._default_manager.get(pk=row.pk)
