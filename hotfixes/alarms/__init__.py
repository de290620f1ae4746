"""What does not go together and what went past the process, told once and shown until it is settled."""
