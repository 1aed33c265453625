"""Which engine draws, and why; and how it is opened. Imports torch only once FLUX is chosen."""

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from typing import Final

import structlog

from blazon.brief import Brief, Engine
from blazon.errors import EngineUnavailable
from blazon.export.delivery import Master, render_picture
from blazon.serve.draughtsman import Draughtsman, Tell
from blazon.settings import Settings
from blazon.studio import Studio
from blazon.watching import Watch

log = structlog.stdlib.get_logger("blazon.serve")

_PACKAGES: Final = ("torch", "diffusers", "transformers", "accelerate", "safetensors")


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that draws when a request names none, and the reason in a few words."""

    engine: Engine
    reason: str


def choose_engine(settings: Settings) -> Choice:
    """Choose by the settings and by what is installed, without loading anything.

    Raises:
        EngineUnavailable: `ENGINE=flux`, and the packages for it are not installed.
    """
    if settings.engine is Engine.VECTOR:
        return Choice(Engine.VECTOR, "ENGINE asks for it")
    missing = [package for package in _PACKAGES if importlib.util.find_spec(package) is None]
    if settings.engine is Engine.FLUX:
        if missing:
            raise EngineUnavailable(f"ENGINE=flux needs {', '.join(missing)}; pip install 'blazon[gpu]'")
        return Choice(Engine.FLUX, "ENGINE asks for it")
    if missing:
        return Choice(Engine.VECTOR, f"FLUX needs pip install 'blazon[gpu]' ({missing[0]} is not installed)")
    if settings.model_path or settings.models:
        return Choice(Engine.FLUX, f"{'MODELS' if settings.models else 'MODEL_PATH'} names a model")
    if _has_gpu():
        return Choice(Engine.FLUX, "there is a GPU")
    return Choice(Engine.VECTOR, "there is no GPU, and MODEL_PATH names no model to paint with on the CPU")


def _has_gpu() -> bool:
    # To import torch takes seconds: only where there may be a GPU to ask it about.
    if sys.platform != "darwin" and not any(map(shutil.which, ("nvidia-smi", "rocm-smi"))):
        return False
    import torch

    return torch.cuda.is_available() or torch.backends.mps.is_available()


def open_draughtsman(settings: Settings, tell: Tell) -> Draughtsman:
    """Open the chosen engine and warm it up; takes long, not for an event loop.

    Raises:
        EngineUnavailable: it cannot be opened; with `ENGINE=auto` the vector engine draws instead.
    """
    choice = choose_engine(settings)
    if choice.engine is Engine.FLUX:
        try:
            return _logged(_open_flux(settings, tell), choice)
        except EngineUnavailable as error:
            if settings.engine is Engine.FLUX:
                raise
            log.warning("flux cannot draw, the vector engine does", reason=str(error))
            choice = Choice(Engine.VECTOR, str(error))
    return _logged(_open_vector(settings), choice)


def _open_flux(settings: Settings, tell: Tell) -> Draughtsman:
    from blazon.serve.flux import open_flux

    return open_flux(settings, tell)


def _open_vector(settings: Settings) -> Draughtsman:
    studio = Studio.open()
    if settings.warmup_enabled:
        logo = studio.candidate(Brief(settings.warmup_prompt, count=1), 0, Watch())
        render_picture(Master(logo.content, logo.media_type), settings.warmup_size)
    return studio


def _logged(studio: Draughtsman, choice: Choice) -> Draughtsman:
    log.info("engine chosen", engine=choice.engine, reason=choice.reason, model=studio.model)
    return studio
