"""What happens to an incident as a whole: how it begins, goes on and ends; the engine under every verb."""
