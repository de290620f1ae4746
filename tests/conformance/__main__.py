"""`python -m tests.conformance` writes docs/conformance.md and says which rows have no test."""

import sys

from tests.conformance.page import PAGE, rows, text
from tests.conformance.tested import proofs

PAGE.write_text(text())
missing = [row for row in rows() if row not in proofs()]
sys.stdout.write(f"{PAGE.name}: {len(rows())} rows, {len(missing)} without a test: {' '.join(missing)}\n")
