"""`blazon cluster`: replicas of the engine on this machine or many, by Ray."""

import json
import subprocess
import sys
from typing import Annotated, Any, Final

import typer

EXAMPLES: Final = """
blazon cluster up --replicas 2
blazon cluster up --ray 10.0.0.5:6379 --host 0.0.0.0 --min 0 --max 8 --gpus 1
blazon cluster status
blazon cluster down
"""
UP_EXAMPLES: Final = """
blazon cluster up --replicas 2 --gpus 1
CLUSTER=http://127.0.0.1:8000 MAX_CONCURRENT_JOBS=16 blazon serve
"""
STATUS_EXAMPLES: Final = """
blazon cluster status --json
"""
DOWN_EXAMPLES: Final = """
blazon cluster down
blazon cluster down --stop-ray
"""

_MOST_AT_A_TIME: Final = 64  # of one server: the bound of MAX_CONCURRENT_JOBS

Address = Annotated[
    str, typer.Option("--ray", metavar="HOST:PORT", help="Address of Ray; auto is the one on this machine.")
]


def cluster(context: typer.Context) -> None:
    """Draw on several GPUs or machines: replicas of the engine, placed and scaled by Ray."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def up(
    replicas: Annotated[int | None, typer.Option(min=1, max=1000, help="As many, always.")] = None,
    least: Annotated[int, typer.Option("--min", min=0, max=1000, help="While nobody waits; 0 ends all.")] = 1,
    most: Annotated[int, typer.Option("--max", min=1, max=1000, help="While many wait.")] = 1,
    gpus: Annotated[float, typer.Option(min=0, help="GPUs of a replica; 0.5 lets two share one.")] = 0.0,
    cpus: Annotated[float, typer.Option(min=0, help="Cores of a replica, as Ray counts them.")] = 1.0,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, help="Logos that a replica draws at a time; if not given, MAX_BATCH where it paints, else 2."
        ),
    ] = None,
    idle: Annotated[float, typer.Option(min=1, help="Seconds without work until a replica ends.")] = 60.0,
    host: Annotated[str, typer.Option(help="Where machines take calls; 0.0.0.0 needs CLUSTER_TOKEN.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="And at which port.")] = 8000,
    address: Address = "auto",
) -> None:
    """Start replicas of the engine, and Ray on this machine if it does not run.

    They stay until blazon cluster down; run it again to change their number or settings. Settings come from the
    environment and .env, as for blazon serve, which draws with them where CLUSTER is set.
    """
    from blazon.logs import configure_logs
    from blazon.settings import Settings

    settings = Settings.load()
    configure_logs(settings.log_level, settings.log_format)
    deployment = _import_deployment()
    given = deployment.ReplicaPlan(replicas or least, replicas or max(least, most), threads, gpus, cpus, idle)
    plan = deployment.fill_plan(settings, given)
    if address == "auto" and not _is_ray_running():
        _ray("start", "--head", "--include-dashboard=false", "--disable-usage-stats")
    deployment.deploy(settings, plan, deployment.Place(address, host, port))
    described = deployment.describe(address)
    _print(described)
    together = min(plan.most * plan.threads, _MOST_AT_A_TIME)
    where = find_url(host, port, described)
    typer.echo(f"Serve with them: CLUSTER={where} MAX_CONCURRENT_JOBS={together} blazon serve")


def status(
    address: Address = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show machines and replicas."""
    described = _import_deployment().describe(address)
    if as_json:
        typer.echo(json.dumps(described))
    else:
        _print(described)


def down(
    address: Address = "auto",
    stop_ray: Annotated[bool, typer.Option("--stop-ray", help="End Ray on this machine too.")] = False,
) -> None:
    """End all replicas. What they draw goes on waiting in the servers, and nothing is lost."""
    _import_deployment().remove(address)
    if stop_ray:
        _ray("stop")
    typer.echo("All replicas have ended.")


def _import_deployment() -> Any:
    from blazon.errors import EngineUnavailable

    try:
        from blazon.serve.cluster import deployment
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "ray":
            raise
        raise EngineUnavailable("clusters need Ray: pip install 'blazon[cluster]'") from None
    return deployment


def _is_ray_running() -> bool:
    return _run_ray("status").returncode == 0


def _ray(*arguments: str) -> None:
    from blazon.errors import ClusterUnavailable

    done = _run_ray(*arguments)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines() or ["no reason was given"]
        raise ClusterUnavailable(f"ray {arguments[0]} failed: {reason[-1]}")


def _run_ray(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from ray.scripts.scripts import main; main()", *arguments]
    return subprocess.run(  # noqa: S603 - our own interpreter, and Ray's own commands
        command, capture_output=True, text=True, check=False
    )


def find_url(host: str, port: int, described: dict[str, Any]) -> str:
    """Return where replicas that listen on `host` can be reached: any machine, where that stands for all addresses."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = next((node["address"] for node in described["nodes"] if node["alive"]), "localhost")
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _print(described: dict[str, Any]) -> None:
    for node in described["nodes"]:
        state = "alive" if node["alive"] else "gone"
        resources = ", ".join(f"{count:g} {name}" for name, count in node["resources"].items())
        typer.echo(f"{node['address']:<24} {state:<6} {resources}")
    replicas = ", ".join(f"{count} {state.lower()}" for state, count in described["replicas"].items() if count)
    typer.echo(f"replicas: {replicas or 'none'} ({described['status'].lower()})")
    if described["message"]:
        typer.echo(described["message"])
