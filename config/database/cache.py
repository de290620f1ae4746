"""The cache in the database, which limits on sign-ins count in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import OperationalError, connections, router


class Cache(DatabaseCache):
    """Django's goes on where the database refuses, as if it had been kept: whoever signs in on a full disk would then
    hear of too many tries, and a try would not be counted. Two who write the same at once stay no reason to fail."""

    def add(self, *given: Any, **named: Any) -> bool:
        with self._heard():
            return super().add(*given, **named)

    def set(self, *given: Any, **named: Any) -> None:
        with self._heard():
            super().set(*given, **named)

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """Raises what the database refused with, which Django's swallows."""
        refused: list[OperationalError] = []

        def hear(execute: Callable[..., Any], *statement: Any) -> Any:
            try:
                return execute(*statement)
            except OperationalError as problem:
                refused.append(problem)
                raise

        with connections[router.db_for_write(self.cache_model_class)].execute_wrapper(hear):
            yield
        if refused:
            raise refused[0]
