from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _cluster import Cluster


@pytest.fixture(scope="module")
def cluster() -> "Iterator[Cluster]":
    """One Ray for all tests of a file: it takes seconds to start."""
    from _cluster import running_cluster  # imports Ray, which may not be installed

    with running_cluster() as one:
        yield one


@pytest.fixture(scope="module")
def two(cluster: "Cluster") -> "Cluster":
    from blazon.serve.cluster.deployment import ReplicaPlan

    cluster.deploy(ReplicaPlan(2, 2, threads=2, cpus=0.5))
    return cluster
