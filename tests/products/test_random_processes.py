"""Random processes come back as they were; random damage is told with its place (10,000: `./run bench processes`)."""

from typing import Any

from hypothesis import HealthCheck, given, settings

from products.process.problems import Path
from tests.depth import times
from tests.products import process_properties as properties

FEW = settings(
    max_examples=times(20, deep=240),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)


@FEW
@given(properties.written())
def test_a_random_process_loads_and_comes_back_equal(example: tuple[dict[str, Any], bytes]) -> None:
    properties.comes_back(example)


@FEW
@given(properties.damaged())
def test_random_damage_never_crashes_and_names_a_line(text: bytes) -> None:
    properties.never_crashes(text)


@FEW
@given(properties.misplaced())
def test_what_fits_nowhere_is_named_where_it_is(example: tuple[bytes, Path]) -> None:
    properties.names_the_place(example)
