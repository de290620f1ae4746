"""What is on record: written in one place, chained, corrected, hidden, searched and read back."""
