"""Channels, what did not arrive, and one's own messages, for scripts."""

from notifications.api import channels, deliveries
from notifications.api.routing import router

__all__ = ["channels", "deliveries", "router"]
