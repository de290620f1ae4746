"""A version of a process as its pages show it: sections, tables, findings, what changed, who works by it."""
