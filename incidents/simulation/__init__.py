"""Simulate: an incident played against a moving clock by the real verbs, of which nothing stays.

docs/decisions/0004-simulate-by-rolling-back.md says why it is built like this.
"""
