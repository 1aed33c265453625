"""`ModelManager`: the three calls of the service that Blazon replaces, over the engine of today."""

import asyncio
import threading
from pathlib import Path
from typing import ClassVar

from PIL import Image

from blazon.diffusion.catalogue.specs import describe
from blazon.diffusion.devices import occupy, resolve_device
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.sampling.flow_matching import render_sides
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest
from blazon.errors import ModelUnavailable
from blazon.serve.engines.flux import ModelLoader, tell_of_settings_without_effect
from blazon.settings import Settings


class ModelManager:
    """The one manager of a process: load a model, then paint pictures with it, as many at a time as come.

    Settings are read from the environment and `.env`, as the server reads them.
    """

    _instance: ClassVar["ModelManager | None"] = None
    _guard: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self._engine: ImageEngine | None = None
        self._settings = Settings.load()
        self._loading = asyncio.Lock()

    @classmethod
    async def get_instance(cls) -> "ModelManager":
        """Return the manager of this process."""
        with cls._guard:
            if cls._instance is None:
                cls._instance = cls()
            return cls._instance

    async def load_model(self, model_name: str, use_fp16: bool = True) -> None:
        """Load a model, by its hub id or its folder; one that is loaded before it is let go.

        Raises:
            ModelUnavailable: it cannot be loaded; one line says why and what helps.
        """
        async with self._loading:
            previous, self._engine = self._engine, None
            if previous is not None:
                await asyncio.to_thread(previous.stop)
            self._engine = await asyncio.to_thread(self._load, model_name, use_fp16)

    async def generate_image(
        self,
        prompt: str,
        height: int = 1024,
        width: int = 1024,
        num_inference_steps: int = 28,
        guidance_scale: float = 3.5,
        seed: int = 0,
    ) -> Image.Image:
        """Paint `prompt` as it stands and return a picture of exactly `width` x `height` pixels.

        Cancelling the caller stops the painting before its next step.

        Raises:
            ModelUnavailable: no model is loaded.
            GenerationFailed: the model could not paint the picture.
        """
        if self._engine is None:
            raise ModelUnavailable("no model is loaded; call load_model first")
        settings = self._settings
        sides = render_sides(width, height, settings.min_render_size, settings.max_render_size)
        request = DiffusionRequest(prompt, *sides, num_inference_steps, guidance_scale, seed)
        ticket = self._engine.submit(request)
        try:
            pixels: Bitmap = await asyncio.wrap_future(ticket.future)
        except asyncio.CancelledError:
            ticket.cancel()
            raise
        picture = Image.fromarray(pixels)
        return picture.resize((width, height), Image.Resampling.LANCZOS) if sides != (width, height) else picture

    def _load(self, model_name: str, use_fp16: bool) -> ImageEngine:
        settings = self._settings.model_copy(update={"use_fp16": use_fp16})
        tell_of_settings_without_effect(settings)
        device = resolve_device(settings.torch_device)
        occupy(device, settings.gpu_memory_fraction)
        source = str(Path(model_name).absolute()) if Path(model_name).is_dir() else model_name
        return ModelLoader(settings, device, (), lambda _: None).load(describe(source))
