"""Which engine draws, and why; and how it is opened. Imports torch only once FLUX is chosen."""

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from typing import Final

import structlog

from blazon.brief import Brief, Engine
from blazon.draw.font_files import FontSources
from blazon.errors import EngineUnavailable
from blazon.export.delivery import Master, render_picture
from blazon.serve.compute.pool import ComputePool
from blazon.serve.engines.cluster import ClusterEngine
from blazon.serve.engines.front import open_front
from blazon.serve.engines.protocol import LogoEngine, ReportProgress
from blazon.serve.engines.vector import ProcessStudio
from blazon.settings import Settings
from blazon.studio import Studio
from blazon.watching import Watch

log = structlog.stdlib.get_logger("blazon.serve")

_PACKAGES: Final = ("torch", "diffusers", "transformers", "accelerate", "safetensors")


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """The engine that draws when a request names none, and the reason in a few words."""

    engine: Engine
    reason: str


def choose_engine(settings: Settings) -> EngineChoice:
    """Choose by the settings and by what is installed, without loading anything.

    What paints is installed where the replicas of `CLUSTER` are: there only the settings count.

    Raises:
        EngineUnavailable: `ENGINE=flux`, and the packages for it are not installed.
    """
    if settings.engine is Engine.VECTOR or (settings.engine is Engine.FLUX and settings.cluster):
        return EngineChoice(settings.engine, "ENGINE asks for it")
    if settings.cluster and (named := _name_model(settings)):
        return EngineChoice(Engine.FLUX, named)
    missing = [package for package in _PACKAGES if importlib.util.find_spec(package) is None]
    if settings.engine is Engine.FLUX:
        if missing:
            raise EngineUnavailable(f"ENGINE=flux needs {', '.join(missing)}; pip install 'blazon[gpu]'")
        return EngineChoice(Engine.FLUX, "ENGINE asks for it")
    if missing:
        return EngineChoice(Engine.VECTOR, f"FLUX needs pip install 'blazon[gpu]' ({missing[0]} is not installed)")
    if named := _name_model(settings):
        return EngineChoice(Engine.FLUX, named)
    if _has_gpu():
        return EngineChoice(Engine.FLUX, "there is a GPU")
    return EngineChoice(Engine.VECTOR, "there is no GPU, and MODEL_PATH names no model to paint with on the CPU")


def _name_model(settings: Settings) -> str:
    """Return which setting names a model to paint with, empty if none does."""
    return "MODELS names a model" if settings.models else "MODEL_PATH names a model" if settings.model_path else ""


def _has_gpu() -> bool:
    # To import torch takes seconds: only where there may be a GPU to ask it about.
    if sys.platform != "darwin" and not any(map(shutil.which, ("nvidia-smi", "rocm-smi"))):
        return False
    import torch

    return torch.cuda.is_available() or torch.backends.mps.is_available()


def load_engine(settings: Settings, report: ReportProgress, processes: ComputePool | None = None) -> LogoEngine:
    """Open the chosen engine and warm it up; takes long, not for an event loop.

    Args:
        processes: that the vector engine draws in; None for this one.

    Raises:
        EngineUnavailable: it cannot be opened; with `ENGINE=auto` the vector engine draws instead.
    """
    choice = choose_engine(settings)
    if settings.cluster:
        return _log_choice(_open_cluster(settings, choice.engine), choice)
    if choice.engine is Engine.FLUX:
        try:
            return _log_choice(_open_flux(settings, report), choice)
        except EngineUnavailable as error:
            if settings.engine is Engine.FLUX:
                raise
            log.warning("flux cannot draw, the vector engine does", reason=str(error))
            choice = EngineChoice(Engine.VECTOR, str(error))
    return _log_choice(_open_vector(settings, processes), choice)


def _open_flux(settings: Settings, report: ReportProgress) -> LogoEngine:
    from blazon.serve.engines.flux import open_flux

    return open_flux(settings, report)


def _open_cluster(settings: Settings, engine: Engine) -> LogoEngine:
    token = settings.cluster_token.get_secret_value() if settings.cluster_token else ""
    return ClusterEngine(open_front(settings, engine), settings.cluster, token, settings.step_timeout)


def _open_vector(settings: Settings, processes: ComputePool | None) -> LogoEngine:
    own_fonts = FontSources.configured(settings)
    studio = ProcessStudio.open_with(own_fonts, processes) if processes is not None else Studio.open(own_fonts)
    if settings.warmup_enabled:
        logo = studio.candidate(Brief(settings.warmup_prompt, count=1), 0, Watch())
        render_picture(Master(logo.content, logo.media_type), settings.warmup_size)
    return studio


def _log_choice(engine: LogoEngine, choice: EngineChoice) -> LogoEngine:
    log.info("engine chosen", engine=choice.engine, reason=choice.reason, model=engine.model)
    return engine
