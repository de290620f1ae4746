"""Redis as Celery's broker, whose loss is always a loss of connection.

When Redis dies while tasks are in hand, kombu closes the channel, which then wants to give them back or to acknowledge
them, and looks for the address in what is None by then. AttributeError is no error that Celery recovers from: the
worker left, "Unrecoverable error", in 13 of 20 kills one of three did. Nothing is lost with the tasks: they are hints.

A Redis that is full takes nothing more, which kombu expects as little: a worker that began then left, one that ran
wrote a traceback every five seconds. That is such a loss too (consumer.py), over when there is room again.
"""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import OutOfMemoryError


class Channel(redis.Channel):
    """Says that it is closed in the words which everybody around it expects."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection is None or self.connection.client is None:
            raise Lost("the connection to the broker is closed")
        return super()._connparams(asynchronous)  # type: ignore[no-untyped-call]


class Transport(redis.Transport):
    """What `redis://` and `rediss://` mean here (config/celery.py)."""

    Channel = Channel
    connection_errors = (*redis.Transport.connection_errors, OutOfMemoryError)
