"""The incident page: what it shows and which verbs it offers."""
