"""What things of a hotfix are called: a policy's patterns, the names of one hotfix, the commands with them."""
