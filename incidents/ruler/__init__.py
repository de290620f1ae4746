"""The T-ruler: planned marks against real events."""
