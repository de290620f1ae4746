"""What scripts and CI report: deployments, evidence, versions seen, and the lines to copy into them."""
