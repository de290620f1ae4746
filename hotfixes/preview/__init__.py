"""What going back would undo, read in a copy of the repository: nothing of it is ever run."""
