"""What replicas are started with, without starting any."""

import pytest

pytest.importorskip("ray")

from blazon.brief import Engine
from blazon.serve.cluster.deployment import ReplicaPlan, fill_plan
from blazon.settings import Settings


@pytest.mark.parametrize(
    ("engine", "cluster", "threads"),
    [(Engine.FLUX, "", 5), (Engine.FLUX, "http://gpu:8000", 5), (Engine.VECTOR, "", 2)],
)
def test_a_replica_that_paints_draws_as_many_as_go_into_a_pass(engine: Engine, cluster: str, threads: int) -> None:
    settings = Settings(engine=engine, cluster=cluster, max_batch=5)
    assert fill_plan(settings, ReplicaPlan(1, 3)) == ReplicaPlan(1, 3, threads)


def test_a_number_that_was_given_stays() -> None:
    assert fill_plan(Settings(engine=Engine.FLUX), ReplicaPlan(threads=3)).threads == 3
