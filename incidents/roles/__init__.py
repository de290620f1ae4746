"""Who has which role on an incident, who may take it, and who is missing."""
