"""The incident of tests/incidents, told here by another database role."""

from tests.incidents.conftest import ada, incident, product

__all__ = ["ada", "incident", "product"]
