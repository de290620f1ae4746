"""PostgreSQL as the house runs and uses it: its data folder, its two roles, which migrations fit, the cache in it."""
