"""Who watches the watcher: whether Nightdesk itself does its work, judged once, said everywhere.

`report()` is what the banner, /readyz, /metrics and the outgoing ping go by. `facts.py` reads, `judgement.py` decides
(pure), `reader.py` keeps it cheap and bounded, `watchdog.py` ends a worker that is stuck.
"""

from config.health.judgement import Report
from config.health.parts import Level, Part
from config.health.reader import report

__all__ = ["Level", "Part", "Report", "report"]
