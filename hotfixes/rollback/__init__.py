"""Going back to what ran before: the process's ways with what is known of each, and the remedy (A37–A42, C15)."""
