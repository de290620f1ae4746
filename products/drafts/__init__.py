"""Drafts of processes: texts that are being written and that no incident sees."""
