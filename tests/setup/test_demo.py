"""`./run demo`: a house with a past, made by the same verbs, so everything in it holds."""

from pathlib import Path

from tests.setup.running import READY, Up, command


def test_the_demo_starts_filled_and_its_chains_are_whole(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    running = Up(data, "demo")
    try:
        assert running.line("Demo: ") == "Demo: sign in as demo@example.test with the password nightdesk-demo"
        running.line(READY)
        checked = command(data, "verify_timeline", "INC-1", "INC-2", "INC-3", "INC-4")
        assert (checked.stdout.strip(), checked.returncode) == ("4 timelines are whole", 0)
    finally:
        running.stop()
