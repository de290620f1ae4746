"""What is under way when a process dies at each named place: name → scenes."""

from tests.crash import deciding, deploying, mending, rolling_back, telling, watching
from tests.crash import scenes as known

PARTS = (known, telling, deciding, mending, rolling_back, deploying, watching)
SWEPT = {place: scenes for part in PARTS for place, scenes in part.SWEPT.items()}
