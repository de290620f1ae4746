"""The API as one: each app brings a router; what they share, its description, and where it is."""
