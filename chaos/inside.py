"""What needs Nightdesk's own code and database: setting the scene, waiting for calm, judging.

`python -m chaos.inside OPERATION JSON` prints JSON; `ask` is the handle on it.
"""

import json
import os
import subprocess
import sys
from typing import Any

from chaos.house import ROOT, House


def ask(house: House, operation: str, **facts: Any) -> Any:
    """Run one operation in a process of its own. Raises subprocess.CalledProcessError when it fails."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "chaos.inside", operation],
        env=house.env,
        cwd=ROOT,
        input=json.dumps(facts),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def main(operation: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from chaos import judge, scene

    facts = json.loads(sys.stdin.read())
    operations = {"set": scene.set_up, "calm": scene.calm, "hasten": scene.hasten, "judge": judge.judge}
    print(json.dumps(operations[operation](**facts)))  # noqa: T201 - for who started us


if __name__ == "__main__":
    main(sys.argv[1])
