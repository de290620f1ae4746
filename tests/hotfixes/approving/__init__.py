"""Approving in Nightdesk."""
