"""What the environment says: each value read, checked and refused in one line, before settings.py puts it together."""
