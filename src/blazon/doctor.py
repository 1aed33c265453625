"""A look at the installation: what is here, what will be used and why, and what is wrong."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zipfile import BadZipFile

from blazon.brief import Engine
from blazon.errors import AddressUnavailable, BlazonError, EngineUnavailable
from blazon.settings import Settings, misspelt

_LIBRARIES: Final = ("fastapi", "uvicorn", "pydantic", "pillow", "resvg", "uharfbuzz", "skia-pathops")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; `problem` says what is wrong and what helps, and is empty when nothing is.

    A `warning` keeps nothing from working.
    """

    topic: str
    found: str
    problem: str = ""
    warning: str = ""


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything that a start depends on. Nothing is changed, nothing is fetched."""
    return (
        Finding("blazon", importlib.metadata.version("blazon")),
        Finding("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        _engine(settings),
        *_model(settings),
        Finding("device", _device()),
        _symbols(),
        _fonts(),
        _address(settings),
        _keys(settings),
        Finding("libraries", ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)),
        *(Finding("settings", "", problem) for problem in misspelt()),
    )


def _engine(settings: Settings) -> Finding:
    from blazon.serve.engines.choice import choose_engine

    try:
        choice = choose_engine(settings)
    except EngineUnavailable as error:
        return Finding("engine", "none", str(error))
    return Finding("engine", f"{choice.engine}, because {choice.reason}")


def _model(settings: Settings) -> Iterator[Finding]:
    """Yield the models, their licences and the memory plan of the default one, if FLUX draws."""
    from blazon.serve.engines.choice import choose_engine

    try:
        if choose_engine(settings).engine is not Engine.FLUX:
            return
        from blazon.serve.engines.flux import explain, model_specs

        for spec in model_specs(settings):
            yield Finding("model", spec.licence_line)
        yield Finding("memory plan", explain(settings))
    except BlazonError as error:
        yield Finding("memory plan", "none", str(error))


def _device() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    graphics = "; an NVIDIA GPU is here, the vector engine has no use for it" if shutil.which("nvidia-smi") else ""
    return f"CPU, {cores} core{'s' if cores != 1 else ''}{graphics}"


def _symbols() -> Finding:
    from blazon.draw.symbols import SymbolLibrary

    try:
        library = SymbolLibrary.open()
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        return Finding("symbols", "none", f"the symbols cannot be read ({error}); install Blazon again")
    credited = sum(symbol.credit is not None for symbol in library)
    sets = ", ".join(sorted({symbol.set for symbol in library}))
    return Finding("symbols", f"{len(library):,} from {sets}; {credited:,} ask for credit")


def _fonts() -> Finding:
    from blazon.draw.typefaces import FAMILIES

    missing = [family.package for family in FAMILIES if not _installed(family.package)]
    found = f"{len(FAMILIES) - len(missing)} of {len(FAMILIES)} families"
    return Finding("fonts", found, f"pip install {' '.join(missing)}" if missing else "")


def _installed(distribution: str) -> bool:
    return importlib.util.find_spec(distribution.replace("-", "_")) is not None


def _keys(settings: Settings) -> Finding:
    from blazon.serve.authentication import exposure_problem
    from blazon.store.database import existing_database
    from blazon.store.keys import KeyStore

    try:
        database = existing_database(settings.database_url, settings.data_dir)
        keys = KeyStore(database).list() if database else ()
    except BlazonError as error:
        return Finding("keys", "none", str(error))
    active = sum(key.revoked_at is None for key in keys)
    asked = settings.api_keys == "required" or (settings.api_keys == "auto" and bool(keys))
    if asked and not active:
        return Finding("keys", "none", "keys are asked for and none is active; run blazon keys create NAME")
    found = f"{active} active, {'asked for' if asked else 'not asked for'}"
    return Finding("keys", found, warning=exposure_problem(settings, bool(keys)))


def _address(settings: Settings) -> Finding:
    from blazon.serve.process.listener import listen

    address = f"{settings.host}:{settings.port}"
    try:
        listen(settings.host, settings.port).close()
    except AddressUnavailable as error:
        return Finding("address", address, str(error))
    return Finding("address", address)
