"""Which test proves which row of the two written processes (A…, K…) and of their contradictions (C…)."""
