"""A server and the processes that belong to it."""

import subprocess


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it: `blazon serve` is a supervisor and the server itself."""
    table = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True)
    pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
    found = [pid]
    for member in found:  # grows while it is read
        found += [child for child, parent in pairs if parent == member]
    return found
