"""A look at the installation: what is here, what will be used and why, and what is wrong."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zipfile import BadZipFile

from blazon.brief import Engine
from blazon.settings import Settings, misspelt

_LIBRARIES: Final = ("fastapi", "uvicorn", "pydantic", "numpy", "pillow", "resvg", "uharfbuzz", "skia-pathops")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; `problem` says what is wrong and what helps, and is empty when nothing is."""

    topic: str
    found: str
    problem: str = ""


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything that a start depends on. Nothing is changed, nothing is fetched."""
    return (
        Finding("blazon", importlib.metadata.version("blazon")),
        Finding("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        _engine(settings),
        Finding("device", _device()),
        _symbols(),
        _fonts(),
        _address(settings),
        Finding("libraries", ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)),
        *(Finding("settings", "", problem) for problem in misspelt()),
    )


def _engine(settings: Settings) -> Finding:
    match settings.engine:
        case Engine.VECTOR:
            return Finding("engine", "vector, because ENGINE asks for it")
        case Engine.AUTO:
            return Finding("engine", "vector, because FLUX is not part of this version")
        case Engine.FLUX:
            return Finding("engine", "none", "ENGINE=flux, and FLUX is not part of this version; ENGINE=auto draws")


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


def _address(settings: Settings) -> Finding:
    address = f"{settings.host}:{settings.port}"
    problems = list(_address_problems(settings.host, settings.port))
    return Finding("address", address, problems[0] if problems else "")


def _address_problems(host: str, port: int) -> Iterator[str]:
    """Yield why a server could not listen there, if it could not."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            probe.bind(address)
    except OSError as error:
        yield f"cannot listen there: {error.strerror}; HOST and PORT choose another address"
