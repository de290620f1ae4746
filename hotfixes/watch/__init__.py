"""The watch after a deployment or a rollback: every look is kept, the time counts only where it was seen to be well."""
