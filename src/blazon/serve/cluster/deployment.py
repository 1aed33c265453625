"""The replicas of a cluster: how they are started, looked at and ended with Ray Serve."""

import logging
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from typing import Any, Final

import ray
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from ray import serve
from ray.exceptions import RayError

from blazon.brief import Engine
from blazon.errors import ClusterUnavailable, InvalidSetting
from blazon.interpreter import IDLE_THREADS
from blazon.logs import LogStyle
from blazon.serve.cluster.replica import Replica
from blazon.serve.engines import choice
from blazon.serve.engines.protocol import EngineLoader
from blazon.settings import Settings

APPLICATION: Final = "blazon"
DEPLOYMENT: Final = "engine"
# Calls go from proxies to replicas by gRPC, which takes less processor time than Ray's own calls. The port for it is
# open in any case.
_ENVIRONMENT: Final = {"RAY_SERVE_PROXY_USE_GRPC": "1"}
_DRAWN_AT_A_TIME: Final = 2  # by the vector engine, in one replica
_HEALTH_PERIOD: Final = 2.0  # seconds; a replica that cannot draw is replaced after one failed check


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class ReplicaPlan:
    """How many replicas there are, and what each takes.

    Args:
        least, most: replicas; as many as the queue is long for, none while nobody waits if `least` is 0.
        threads: candidates that one draws at the same time; None for as many as its engine usually does.
        gpus, cpus: of a machine, as Ray counts them; a fraction lets replicas share one.
        idle: seconds without enough work after which one is ended.
    """

    least: int = 1
    most: int = 1
    threads: int | None = None
    gpus: float = 0.0
    cpus: float = 1.0
    idle: float = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cluster is: the address of Ray, and where its machines take calls of servers."""

    ray: str = "auto"
    host: str = "127.0.0.1"
    port: int = 8000


def fill_plan(settings: Settings, plan: ReplicaPlan) -> ReplicaPlan:
    """Return a plan that says how many candidates a replica draws at the same time.

    What paints draws as many as may be in one pass. Where the memory of its GPU is for fewer, the others wait in it.

    Raises:
        EngineUnavailable: `ENGINE=flux`, and the packages for it are not installed.
    """
    if plan.threads is not None:
        return plan
    paints = choice.choose_engine(_for_replicas(settings)).engine is Engine.FLUX
    return replace(plan, threads=settings.max_batch if paints else _DRAWN_AT_A_TIME)


def deploy(settings: Settings, plan: ReplicaPlan, place: Place, load_engine: EngineLoader | None = None) -> None:
    """Start replicas, or bring those that run to this plan; returns once the least number of them can draw.

    Args:
        load_engine: opens another engine than that which the settings choose.

    Raises:
        InvalidSetting: calls could come from other machines, and `CLUSTER_TOKEN` is not set.
        ClusterUnavailable: the cluster cannot be reached, or the replicas do not start; one line says why.
    """
    if not ip_address(place.host).is_loopback:
        _demand_token(settings)
    connect(place.ray)
    application = _make_application(settings, plan, load_engine)
    try:
        serve.start(http_options={"host": place.host, "port": place.port}, proxy_location="EveryNode")
        serve.run(application, name=APPLICATION, route_prefix="/", blocking=False)
    except (RayError, RuntimeError) as error:
        raise ClusterUnavailable(f"the replicas do not start: {_first_line(error)}; {_messages()}") from error


def build_application(arguments: dict[str, Any]) -> serve.Application:
    """Return the replicas for a configuration file of Ray Serve, as KubeRay has one; settings are the environment's.

    Args:
        arguments: the fields of `ReplicaPlan`.

    Raises:
        InvalidSetting: an argument is none, or `CLUSTER_TOKEN` is not set: calls come over a network there.
    """
    settings = Settings.load()
    _demand_token(settings)
    try:
        plan = TypeAdapter(ReplicaPlan).validate_python(arguments)
    except ValidationError as error:
        reason = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InvalidSetting(f"the arguments of the replicas cannot be used: {reason}") from None
    return _make_application(settings, plan, None)


def _demand_token(settings: Settings) -> None:
    if settings.cluster_token is None:
        raise InvalidSetting("calls may come from other machines; set CLUSTER_TOKEN, here and for blazon serve")


def _make_application(settings: Settings, plan: ReplicaPlan, load_engine: EngineLoader | None) -> serve.Application:
    settings, plan = _for_replicas(settings), fill_plan(settings, plan)
    assert plan.threads is not None  # noqa: S101 - it is filled
    settings = settings.model_copy(update={"engine": choice.choose_engine(settings).engine})
    options = serve.deployment(
        name=DEPLOYMENT,
        max_ongoing_requests=plan.threads,
        max_queued_requests=-1,  # the queue that counts is the server's own
        ray_actor_options={"num_cpus": plan.cpus, "num_gpus": plan.gpus},
        health_check_period_s=_HEALTH_PERIOD,
        graceful_shutdown_timeout_s=settings.drain_timeout,
        logging_config={"enable_access_log": False},  # servers log each logo
        **_scaling(plan),
    )
    logs = LogStyle(settings.log_level, settings.log_format)
    token = settings.cluster_token.get_secret_value() if settings.cluster_token else ""
    engine = load_engine or partial(choice.load_engine, settings)
    return options(Replica).bind(engine, plan.threads, token, settings.step_timeout, logs)


def _for_replicas(settings: Settings) -> Settings:
    """Return the settings of who draws itself."""
    return settings.model_copy(update={"cluster": ""})


def describe(address: str) -> dict[str, Any]:
    """Return nodes, replicas and their states as JSON data.

    Raises:
        ClusterUnavailable: the cluster cannot be reached.
    """
    connect(address)
    application = serve.status().applications.get(APPLICATION)
    deployment = application.deployments.get(DEPLOYMENT) if application else None
    nodes = [
        {"address": node["NodeManagerAddress"], "alive": node["Alive"], "resources": _resources(node)}
        for node in ray.nodes()
    ]
    return {
        "nodes": nodes,
        "status": str(application.status.value) if application else "NOT_DEPLOYED",
        "replicas": dict(deployment.replica_states) if deployment else {},
        "message": " ".join(part.message for part in (application, deployment) if part and part.message),
    }


def remove(address: str) -> None:
    """End all replicas; what they draw goes on waiting in the servers.

    Raises:
        ClusterUnavailable: the cluster cannot be reached.
    """
    connect(address)
    serve.shutdown()


def connect(address: str) -> None:
    """Be a client of Ray, once a process.

    Raises:
        ClusterUnavailable: it cannot be reached.
    """
    if ray.is_initialized():
        return
    logging.getLogger("ray").setLevel(logging.WARNING)
    threads = {name: os.environ.get(name, usual) for name, usual in IDLE_THREADS.items()}
    try:
        ray.init(
            address,
            namespace="serve",
            log_to_driver=False,
            configure_logging=False,
            runtime_env={"env_vars": {**_ENVIRONMENT, **threads}},
        )
    except (ConnectionError, RayError, RuntimeError, ValueError) as error:
        reason = _first_line(error.__cause__ or error)
        raise ClusterUnavailable(f"no Ray cluster can be reached at {address}: {reason}") from error


def _scaling(plan: ReplicaPlan) -> dict[str, Any]:
    if plan.least == plan.most:
        return {"num_replicas": plan.most}
    scaling = {
        "min_replicas": plan.least,
        "max_replicas": plan.most,
        "initial_replicas": plan.least,
        "target_ongoing_requests": plan.threads,
        "upscale_delay_s": 2.0,
        "downscale_delay_s": plan.idle,
    }
    return {"autoscaling_config": scaling}


def _resources(node: dict[str, Any]) -> dict[str, float]:
    return {name: node["Resources"].get(name, 0.0) for name in ("CPU", "GPU")}


def _messages() -> str:
    with suppress(RayError, KeyError):
        return str(serve.status().applications[APPLICATION].deployments[DEPLOYMENT].message)
    return ""


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
