"""Shapes of real repositories, by subject; `load` gives all of them."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.hotfixes.shapes.shape import Shape

MODULES = ("evidence", "arriving", "branches", "commits", "tags", "files", "versions", "products")


def load() -> "tuple[Shape, ...]":
    for name in MODULES:
        import_module(f"tests.hotfixes.shapes.{name}")
    from tests.hotfixes.shapes.shape import SHAPES

    return tuple(SHAPES)
