"""Approving a fix in Nightdesk, where no forge keeps reviews: bound to one head, by somebody else (K87, K95)."""
