"""Replicas against one: how much more they draw, what the way to them costs, and how soon a lost one is replaced.

`python benchmarks/cluster.py` starts a Ray of its own on this machine, with engines that sleep instead of computing, so
that a few cores are enough for several replicas.
"""

import os
import signal
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from _cluster import Cluster, running_cluster
from _report import Row, options, report

from blazon.brief import Brief
from blazon.serve.cluster.deployment import ReplicaPlan
from blazon.serve.engines.cluster import ClusterEngine
from blazon.watching import Watch

BRIEF = Brief("a bakery by the sea", seed=1)
LOGOS = 160  # so many that the last round, in which some replicas have nothing left, does not count


def main() -> None:
    arguments = options(__doc__).parse_args()
    rows: list[Row] = []
    with running_cluster() as cluster:
        rates = {}
        for replicas in (1, 2, 4):
            cluster.deploy(ReplicaPlan(replicas, replicas, threads=2, cpus=0.5))
            rates[replicas] = _measure_rate(cluster.engine(), replicas * 2)
        rows += [
            (f"{replicas} replicas against one", f"{rates[replicas] / rates[1]:.2f} times", target)
            for replicas, target in ((2, ">= 1.9 times"), (4, ">= 3.6 times"))
        ]
        rows.append(("what the way to a replica adds to a logo, median", _measure_way(cluster.engine()), "<= 10 ms"))
        rows.append(("from the end of the only replica to the next logo", _measure_recovery(cluster), "<= 15 s"))
    report("Replicas, engines that sleep", rows, out=arguments.out)


def _measure_rate(engine: ClusterEngine, together: int) -> float:
    """Return logos a second."""
    with ThreadPoolExecutor(together) as threads:
        list(threads.map(lambda number: engine.candidate(BRIEF, number, Watch()), range(together)))  # all are warm
        start = time.perf_counter()
        list(threads.map(lambda number: engine.candidate(BRIEF, number, Watch()), range(LOGOS)))
    return LOGOS / (time.perf_counter() - start)


def _measure_way(engine: ClusterEngine) -> str:
    """Return what a call takes beside the time in the engine of the replica, which it tells."""
    seconds = []
    for number in range(50):
        start = time.perf_counter()
        drawn = engine.candidate(BRIEF, number, Watch())
        seconds.append(time.perf_counter() - start - drawn.parts[0].seconds)
    return f"{1000 * statistics.median(seconds):.1f} ms"


def _measure_recovery(cluster: Cluster) -> str:
    cluster.deploy(ReplicaPlan(1, 1, threads=2, cpus=0.5))
    engine = cluster.engine()
    process = int(engine.candidate(BRIEF, 0, Watch()).content.split()[0])
    start = time.perf_counter()
    os.kill(process, signal.SIGKILL)
    engine.candidate(BRIEF, 1, Watch())
    return f"{time.perf_counter() - start:.1f} s"


if __name__ == "__main__":
    main()
