"""What a repository's history says about its last production tags: read once, without an incident.

`reading.audit` is pure (a reader, a policy, two words); `running` does it for a row that a person asked for. What
history can no longer prove is UNKNOWN, never PASS.
"""
