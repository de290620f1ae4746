"""The report on the incident page."""
