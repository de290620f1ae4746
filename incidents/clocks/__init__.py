"""Clocks: their arithmetic, what starts and stops them, pausing, whose they are, what happens when one runs out."""
