"""Repositories while hotfixes are under way: claimed with a lease, fetched, every position of a ref kept as seen."""
