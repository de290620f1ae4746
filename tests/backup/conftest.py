"""The people and the product of the tests about messages, for those about what a restore does to them."""

from tests.notifications.conftest import ada, mia, outside, product

__all__ = ["ada", "mia", "outside", "product"]
