"""How a hotfix begins, what may be changed while it is under way, and how it ends."""
