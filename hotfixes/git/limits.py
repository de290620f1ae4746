"""How much one run of git may use. Each question has an end, whatever the repository."""

from dataclasses import dataclass

KB = 1024
MB = 1024 * KB


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds on the wall and of processor time (each process), bytes of address space (each process), of one
    written file, and of what git may say to us before we stop listening.
    """

    wall_s: float
    cpu_s: int
    memory: int
    file: int
    output: int


# A look into a mirror: the deepest question on 160,000 commits without a commit-graph took 1.2 s.
READ = Limits(wall_s=20, cpu_s=10, memory=1024 * MB, file=0, output=32 * MB)
# What stays on the other side is a list of refs: 100,000 are 7 MB.
LIST = Limits(wall_s=30, cpu_s=10, memory=1024 * MB, file=1 * MB, output=64 * MB)
# A fetch: `file` is set to what the quota leaves.
FETCH = Limits(wall_s=900, cpu_s=600, memory=2048 * MB, file=0, output=16 * MB)
# Work on our own mirror after a fetch: the commit-graph, packing refs.
TEND = Limits(wall_s=120, cpu_s=100, memory=2048 * MB, file=64 * MB, output=1 * MB)
