"""What is decided about an incident: who decides, on which facts, among which options, and its pages."""
