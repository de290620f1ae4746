"""Apprise, in a process of its own that may go nowhere else (docs/decisions/0006-apprise-in-a-box.md)."""
