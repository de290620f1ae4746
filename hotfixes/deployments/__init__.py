"""Deployments: what follows from one, which releases wait for a remedy, what runs where, and a person's own report."""
