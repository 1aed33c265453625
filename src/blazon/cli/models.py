"""`blazon models`: the files of the models that paint. Nothing is downloaded by any command but `pull`."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blazon.cli.model_documents import describe_file, describe_model, describe_size, print_files, print_models

if TYPE_CHECKING:
    from blazon.diffusion.hub.access import HubModel
    from blazon.diffusion.hub.downloads import RemoteModel
    from blazon.settings import Settings

EXAMPLES: Final = """
blazon models list
blazon models pull black-forest-labs/FLUX.1-schnell --accept-licence
blazon models verify
"""
LIST_EXAMPLES: Final = """
blazon models list
blazon models list --folder ComfyUI/models --json
"""
PULL_EXAMPLES: Final = """
blazon models pull
blazon models pull black-forest-labs/FLUX.1-schnell --accept-licence
blazon models pull Tongyi-MAI/Z-Image-Turbo --dry-run
"""
VERIFY_EXAMPLES: Final = """
blazon models verify
blazon models verify black-forest-labs/FLUX.1-schnell
"""
REMOVE_EXAMPLES: Final = """
blazon models remove black-forest-labs/FLUX.1-dev
"""

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
MaybeNamed = Annotated[
    str | None,
    typer.Argument(metavar="[MODEL]", help="owner/model, or a name of MODELS; the default one if not given."),
]


def models(context: typer.Context) -> None:
    """List, download, verify and remove the models that paint."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def list_models(
    folder: Annotated[
        list[Path] | None,
        typer.Option(metavar="FOLDER", help="List the model files in it too, such as ComfyUI's. May be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the models that are known: licence, size, memory, and where they are.

    Single files are recognised by their headers.
    """
    from blazon.diffusion.catalogue.model_list import list_models
    from blazon.diffusion.files.recognition import list_model_files

    settings, cache = _prepare()
    found = list_models(settings, cache)
    files = [file for place in folder or () for file in list_model_files(place.expanduser())]
    if as_json:
        document = {
            "cache": str(cache),
            "free_bytes": _measure_free(cache),
            "models": [describe_model(model) for model in found],
            "files": [describe_file(file) for file in files],
        }
        typer.echo(json.dumps(document, indent=2))
        return
    print_models(found)
    if files:
        print_files(files)
    _say(f"Models of the hub are kept in {cache}, with {describe_size(_measure_free(cache))} free; HF_HOME moves it.")


def pull(
    model: MaybeNamed = None,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Agree to the licence of a gated model.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be downloaded.")] = False,
    as_json: AsJson = False,
) -> None:
    """Download a model, or what is missing of it.

    Goes on where an earlier one stopped, and checks each file by its hash. A gated model needs HF_TOKEN, too.
    """
    from blazon.diffusion.hub.downloads import Download, look_up

    settings, cache = _prepare()
    hub = _find_on_hub(settings, model)
    if _is_here(hub, cache) and _is_offline():
        _finish_pull(hub.name, cache, [], 0, as_json)
        return
    remote = look_up(hub)
    licence = _show_licence(remote)
    if remote.gated and not dry_run:
        _demand_agreement(remote, licence, accept_licence)
    download = Download(hub, remote, cache)
    files = download.choose()
    missing = download.count_missing(files)
    if dry_run:
        _tell_plan(remote, licence, len(files), sum(file.size for file in files), missing, as_json)
        return
    hub.demand_space(missing)
    with _show_bytes(f"fetching {hub.name}", quiet=as_json) as tell:
        download.fetch_all(files, tell)
    _finish_pull(hub.name, cache, [file.path for file in files], missing, as_json)


def verify(model: MaybeNamed = None, as_json: AsJson = False) -> None:
    """Hash the files of a model again and compare them with what the hub named. Needs no network.

    Leaves with 1 if one is damaged or missing.
    """
    from blazon.diffusion.hub import installed

    settings, cache = _prepare()
    found = installed.find_cached(cache, _find_on_hub(settings, model).name)
    done = 0
    with _show_bytes(f"reading {found.name}", quiet=as_json) as tell:

        def count(size: int) -> None:
            nonlocal done
            done += size
            tell(done, max(done, found.stored_bytes))

        verdicts = list(installed.verify(found.folder, count))
    problems = [f"{verdict.path} {verdict.problem}" for verdict in verdicts if verdict.problem]
    if found.problem and not problems:
        problems.append(found.problem)
    if as_json:
        document = {"identifier": found.name, "folder": str(found.folder), "files": len(verdicts), "problems": problems}
        typer.echo(json.dumps(document, indent=2))
    else:
        for problem in problems:
            typer.echo(problem)
        typer.echo(f"{found.name}: {len(verdicts)} files, {len(problems) or 'no'} problem{'s'[: len(problems) != 1]}")
    if problems:
        raise typer.Exit(1)


def remove(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="owner/model, or a name of MODELS.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a model from the hub's cache, all versions of it.

    Asks first, and tells how much that frees.
    """
    from blazon.diffusion.hub import installed

    settings, cache = _prepare()
    found = installed.find_cached(cache, _find_on_hub(settings, model).name)
    question = f"Remove {found.name} and free {describe_size(found.stored_bytes)}?"
    if not yes and not _ask(question):
        raise typer.Exit(1)
    freed = installed.remove(cache, found)
    if as_json:
        typer.echo(json.dumps({"identifier": found.name, "freed_bytes": freed}, indent=2))
    else:
        typer.echo(f"Removed {found.name}; {describe_size(freed)} are free again.")


def _prepare() -> "tuple[Settings, Path]":
    """Return the settings and the folder of the hub's cache.

    Raises:
        EngineUnavailable: the packages that models need are not installed.
    """
    import importlib.util

    from blazon.errors import EngineUnavailable
    from blazon.logs import configure_logs
    from blazon.settings import LogLevel, Settings

    if importlib.util.find_spec("huggingface_hub") is None:
        raise EngineUnavailable("models need huggingface_hub; pip install 'blazon[gpu]'")
    settings = Settings.load()
    # What this command has to say it says itself; the log is for what nobody foresaw.
    configure_logs(max(settings.log_level, LogLevel.ERROR, key=list(LogLevel).index), settings.log_format)

    from huggingface_hub import constants

    from blazon.serve.engines.auto_model import resolve_auto

    settings, choice = resolve_auto(settings)
    if choice is not None:
        _say(f"MODEL_NAME=auto takes {choice.explain()}")
    return settings, Path(constants.HF_HUB_CACHE)


def _find_on_hub(settings: "Settings", asked: str | None) -> "HubModel":
    from blazon.diffusion.catalogue.model_list import read_configured
    from blazon.diffusion.hub.access import HubModel

    configured = read_configured(settings)
    name = asked or configured[0].source
    spec = next((spec for spec in configured if spec.name == name.lower()), None)
    source = spec.source if spec else name
    if spec.is_folder if spec else name.count("/") != 1:
        raise typer.BadParameter(f"{name!r} is no model of the hub (owner/model)", param_hint="MODEL")
    token = settings.hf_token
    return HubModel(source, token.get_secret_value() if token else None)


def _is_here(hub: "HubModel", cache: Path) -> bool:
    from blazon.diffusion.hub.installed import list_cached

    return any(model.name.lower() == hub.name.lower() and not model.problem for model in list_cached(cache))


def _is_offline() -> bool:
    from huggingface_hub import constants

    return bool(constants.HF_HUB_OFFLINE)


def _show_licence(remote: "RemoteModel") -> str:
    from dataclasses import replace

    from blazon.diffusion.catalogue import licences
    from blazon.diffusion.catalogue.specs import describe

    spec = describe(remote.name)
    if spec.licence == licences.UNKNOWN.name and remote.licence:
        told = licences.judge(remote.licence)
        spec = replace(spec, licence=told.name, commercial=told.commercial)
    _say(f"{spec.licence_line}; https://huggingface.co/{remote.name}")
    if advice := spec.licence_advice:
        _say(f"{advice[0].upper()}{advice[1:]}.")
    return spec.licence


def _demand_agreement(remote: "RemoteModel", licence: str, accepted: bool) -> None:
    if accepted or (sys.stdin.isatty() and _ask(f"Do you agree to the licence {licence}?")):
        return
    raise typer.BadParameter(
        f"{remote.name} is gated; read its licence ({licence}) at https://huggingface.co/{remote.name} "
        "and add --accept-licence",
        param_hint="MODEL",
    )


def _tell_plan(remote: "RemoteModel", licence: str, files: int, size: int, missing: int, as_json: bool) -> None:
    if as_json:
        document = {
            "identifier": remote.name,
            "commit": remote.commit,
            "licence": licence,
            "gated": remote.gated,
            "files": files,
            "size_bytes": size,
            "missing_bytes": missing,
        }
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(f"{remote.name}: {files} files, {describe_size(size)}, {describe_size(missing)} to download")


def _finish_pull(name: str, cache: Path, files: list[str], fetched: int, as_json: bool) -> None:
    from blazon.diffusion.hub.installed import find_cached

    found = find_cached(cache, name)
    if as_json:
        document = {"identifier": name, "folder": str(found.folder), "files": files, "fetched_bytes": fetched}
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(f"{name} is whole, {describe_size(fetched)} fetched: {found.folder}")


def _ask(question: str) -> bool:
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"{question} Nobody is here to ask; add --yes", param_hint="--yes")
    return typer.confirm(question, err=True)


def _measure_free(cache: Path) -> int:
    import shutil

    return shutil.disk_usage(next(folder for folder in (cache, *cache.parents) if folder.exists())).free


@contextmanager
def _show_bytes(doing: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show bytes that are done on a bar on stderr, if that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    parts: tuple[Any, ...] = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=32))
    shown = console.is_terminal and not quiet
    with Progress(
        *parts, DownloadColumn(), TransferSpeedColumn(), console=console, transient=True, disable=not shown
    ) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _say(line: str) -> None:
    typer.echo(line, err=True)
