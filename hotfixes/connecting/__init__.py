"""Connecting a product to its repository, as a person and a script meet it: forms, pages, what was found, the rules."""
