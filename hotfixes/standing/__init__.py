"""How a hotfix stands: its checks with their words, the stage, what comes next. Reads only."""
