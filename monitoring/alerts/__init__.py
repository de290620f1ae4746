"""Alerts of other tools: stored as they arrive (receiving), judged by the worker (judging), handed up as changes.

A tool is one file with `read(document) -> Told…` and one line in `tools.READERS`.
"""
