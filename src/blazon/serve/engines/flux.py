"""From settings to the FLUX engine: models, memory plan, speed, warm-up. Importing this imports torch."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog
import torch

from blazon.brief import DEFAULT_SIZES
from blazon.diffusion.catalogue.inspection import ModelInfo, ModelSource, inspect_model
from blazon.diffusion.catalogue.pipeline_calls import find_demand
from blazon.diffusion.catalogue.specs import Family, ModelSpec
from blazon.diffusion.devices import DeviceMonitor, bind_thread, occupy, read_memory_budget, resolve_device
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families import STEPPED
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.finite_weights import demand_finite_picture
from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.generic_warmup import REMEDY, warm_up_generic
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.load_errors import explain_load_errors
from blazon.diffusion.loading.pipelines import ProgressCallback, ProgressReporter, load_pipeline, load_step_model
from blazon.diffusion.loras.adapters import load_loras
from blazon.diffusion.loras.specs import LoraSpec, measure_loras, parse_loras
from blazon.diffusion.memory.footprint import IMAGE_SIDE, TILE_SIDE, Offload, TextEncoder
from blazon.diffusion.memory.plan import MemoryBudget, MemoryPlan, plan
from blazon.diffusion.memory.wishes import read_wishes
from blazon.diffusion.optimization.optimize import optimize
from blazon.diffusion.optimization.warmup import warm_up
from blazon.diffusion.registry import ModelRegistry
from blazon.diffusion.sampling.flow_matching import render_size
from blazon.diffusion.sampling.sequence import DiffusionRequest
from blazon.draw.font_files import FontSources
from blazon.errors import ModelUnavailable
from blazon.painting import FluxStudio
from blazon.safety import open_check
from blazon.serve.engines.auto_model import resolve_auto
from blazon.serve.engines.front import read_model_specs, read_paint_options
from blazon.serve.engines.protocol import ReportProgress
from blazon.settings import Settings

log = structlog.stdlib.get_logger("blazon.serve")

# Of the memory that is free, what several models may take together; the rest is for the pictures.
_SHARE_FOR_MODELS: Final = 0.8
# Pixels that are decoded together on a CPU: of more than two pictures of 256 x 256 the caches hold too little, and each
# of eight was measured to take twice as long.
_DECODED_ON_CPU: Final = 2 * 256**2
# Of pixels: sides that every pipeline draws.
_WARMUP_MULTIPLE: Final = 64


def open_flux(settings: Settings, tell: ReportProgress) -> FluxStudio:
    """Load the default model and return the engine that paints with it; the other models load when they are asked for.

    Raises:
        ModelUnavailable: the default model cannot be loaded; one line says why and what helps.
        InvalidSetting: `MODELS` or `TORCH_DEVICE` cannot be used.
    """
    _hush()
    censor = open_check(settings.nsfw_detector) if settings.nsfw_check else None
    device = resolve_device(settings.torch_device)
    occupy(device, settings.gpu_memory_fraction)
    settings, choice = resolve_auto(settings)
    if choice is not None:
        log.info("model chosen", reason=choice.explain())
    specs = read_model_specs(settings)
    loras = parse_loras(settings.loras) if settings.loras else ()
    tell_of_settings_without_effect(settings)
    loader = ModelLoader(settings, device, loras, tell)
    registry = make_registry(loader, specs)
    default = load_first(registry)
    with registry.acquire(default) as engine:
        slots = engine.slots
    options, own_fonts = read_paint_options(settings, loras), FontSources.configured(settings)
    return FluxStudio(registry, default, options, DeviceMonitor(device), censor, own_fonts, slots)


def make_registry(loader: "ModelLoader", specs: Sequence[ModelSpec]) -> ModelRegistry:
    """Return the registry of models, having looked at each where there are several; none is loaded yet.

    A model that cannot be used keeps none of the others from being drawn with: who asks for it is told why.
    """
    sizes, problems = dict.fromkeys((spec.name for spec in specs), 0), dict[str, str]()
    for spec in specs if len(specs) > 1 else ():
        try:
            sizes[spec.name] = loader.measure(spec)
        except ModelUnavailable as error:
            log.warning("model cannot be used", model=spec.name, reason=str(error))
            problems[spec.name] = str(error)
    return ModelRegistry(specs, loader.load, loader.budget(), sizes, problems, loader.measure)


def load_first(registry: ModelRegistry) -> str:
    """Load the first model that can be, and return its name: it draws for requests that name none.

    Raises:
        ModelUnavailable: none can be; says what is wrong with the first.
    """
    refusals: dict[str, ModelUnavailable] = {}
    default = next((name for name in registry.specs if _can_load(registry, name, refusals)), None)
    told = list(refusals.items())
    # Where there is none the first reason is raised, and whoever asked for the engine tells it.
    for name, error in told if default is not None else told[1:]:
        log.error("model cannot be used", model=name, reason=str(error))
    if default is None:
        name, error = told[0]
        raise ModelUnavailable(str(error), public=registry.specs[name].hide_folder(str(error))) from error
    if refusals:
        log.warning("another model is the default one now", model=default)
    return default


def _can_load(registry: ModelRegistry, name: str, refusals: dict[str, ModelUnavailable]) -> bool:
    """Load a model; say whether it is there, and note why not."""
    try:
        with registry.acquire(name):
            return True
    except ModelUnavailable as error:
        refusals[name] = error
        return False


def explain(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the memory plan of each model, and why there is none for it (one of the two is empty). Loads nothing.

    Raises:
        InvalidSetting: `MODELS` or `TORCH_DEVICE` cannot be used.
    """
    settings, _ = resolve_auto(settings)
    loras = parse_loras(settings.loras) if settings.loras else ()
    loader = ModelLoader(settings, resolve_device(settings.torch_device), loras, lambda _: None)
    for spec in read_model_specs(settings):
        try:
            yield loader.plan(spec).explain(), ""
        except ModelUnavailable as error:
            yield "", str(error)


def tell_of_settings_without_effect(settings: Settings) -> None:
    """Log one line for each switch of the former service that is accepted and has nothing to switch here."""
    if settings.enable_attention_slicing:
        log.warning("ENABLE_ATTENTION_SLICING has no effect: the kernels of attention never hold its whole matrix")


def _hush() -> None:
    """Silence what the libraries say about every prompt: that CLIP reads only the first 77 tokens is known."""
    import diffusers
    import transformers

    diffusers.utils.logging.set_verbosity_error()
    transformers.utils.logging.set_verbosity_error()


def choose_limits(settings: Settings, chosen: MemoryPlan) -> EngineLimits:
    """Return how much the step engine takes on: what the memory plan allows, and no more than the settings ask for."""
    running = settings.max_concurrent_jobs if "max_concurrent_jobs" in settings.model_fields_set else chosen.batch
    # The plan has room for one picture of full size in the decoder, or one tile: smaller ones share it.
    side = TILE_SIDE if chosen.form.vae_tiling else IMAGE_SIDE
    most = _DECODED_ON_CPU if chosen.form.device == "cpu" else side**2
    pixels = 1 if settings.enable_vae_slicing else most
    # On a CPU beside the GPU a text takes seconds, and several as many times that: the first is begun with at once.
    slow = chosen.form.text_encoder is TextEncoder.CPU and chosen.form.device != "cpu"
    texts = 1 if slow else chosen.texts
    beside = chosen.form.offload is not Offload.MODEL
    rows = chosen.batch * chosen.rows
    return EngineLimits(running, rows, texts, texts_beside=beside, decoded_pixels=pixels)


class ModelLoader:
    """Makes running engines of model specifications, for the registry."""

    def __init__(
        self, settings: Settings, device: torch.device, loras: tuple[LoraSpec, ...], tell: ReportProgress
    ) -> None:
        self._settings = settings
        self._device = device
        self._loras = loras
        self._tell = tell
        self._empty = self._read_memory()

    def budget(self) -> int:
        """Bytes that all models may take together."""
        return int(self._empty.device_bytes * _SHARE_FOR_MODELS)

    def measure(self, spec: ModelSpec) -> int:
        """Return the bytes that a model takes of the memory in which no other one is.

        Raises:
            ModelUnavailable: it is not there, cannot be understood or does not fit.
        """
        with explain_load_errors(spec.identifier, self._device):
            return self._plan(self._inspect(spec), self._empty).device_bytes

    def load(self, spec: ModelSpec) -> ImageEngine:
        """Return the started engine of a model.

        Raises:
            ModelUnavailable: it cannot be loaded.
        """
        with explain_load_errors(spec.identifier, self._device):
            bind_thread(self._device)
            if advice := spec.licence_advice:
                log.warning("model", licence=spec.licence_line, advice=advice)
            else:
                log.info("model", licence=spec.licence_line)
            info = self._inspect(spec)
            stepped = info.pipeline in STEPPED
            engine = self._load_native(info) if stepped else self._load_generic(spec, info)
            guided = engine.capabilities.limited_by(spec.capabilities).guidance
            if "default_guidance_scale" in self._settings.model_fields_set and not guided:
                log.warning("DEFAULT_GUIDANCE_SCALE has no effect: the model takes none", model=spec.name)
            engine.start()
            if isinstance(engine, GenericEngine):
                self._try_out(engine, spec, info)
            return engine

    def _try_out(self, engine: GenericEngine, spec: ModelSpec, info: ModelInfo) -> None:
        """Draw a picture before anybody asks for one; whether or not `WARMUP_ENABLED`, as it may be that none comes."""
        settings = self._settings
        ProgressReporter(info.name, self._make_listener(info.name))("warming up", 1.0)
        side = render_size(settings.warmup_size, settings.min_render_size, settings.max_render_size)
        side = -(-side // _WARMUP_MULTIPLE) * _WARMUP_MULTIPLE
        told = "default_inference_steps" in settings.model_fields_set
        usual = settings.default_inference_steps if told else spec.usual_steps
        # One step alone is no number that every sampler takes.
        steps = min(usual, max(2, settings.warmup_steps if settings.warmup_enabled else 0))
        try:
            request = DiffusionRequest(settings.warmup_prompt, side, side, steps, spec.usual_guidance)
            warm_up_generic(engine, request, info.pipeline, usual, fetched=info.source.path is None)
        except BaseException:
            engine.stop()
            raise

    def _inspect(self, spec: ModelSpec) -> ModelInfo:
        token = self._settings.hf_token
        path = Path(spec.source) if spec.is_folder else None
        secret = token.get_secret_value() if token else None
        info = inspect_model(ModelSource(path, "" if path else spec.source, secret))
        if demand := find_demand(info.pipeline):
            raise ModelUnavailable(f"{info.name} is a {info.pipeline}, which needs {demand} beside a text; {REMEDY}")
        return info

    def plan(self, spec: ModelSpec) -> MemoryPlan:
        """Return how a model would be loaded now.

        Raises:
            ModelUnavailable: it is not there, cannot be understood or does not fit.
        """
        with explain_load_errors(spec.identifier, self._device):
            return self._plan(self._inspect(spec), self._read_memory())

    def _plan(self, info: ModelInfo, memory: MemoryBudget) -> MemoryPlan:
        return plan(replace(info.size, loras=measure_loras(self._loras)), memory, read_wishes(self._settings))

    def _read_memory(self) -> MemoryBudget:
        return read_memory_budget(self._device, fraction=self._settings.gpu_memory_fraction)

    def _load_native(self, info: ModelInfo) -> StepEngine:
        chosen = self._plan(info, self._read_memory())
        model = load_step_model(info, chosen, self._device, self._make_listener(info.name))
        if self._loras:
            model.adapters = load_loras(model.pipeline, self._loras)
        demand_finite_picture(model, self._settings.warmup_prompt, fetched=info.source.path is None)
        limits = choose_limits(self._settings, chosen)
        optimize(model, self._settings.optimize, limits, adapters=bool(model.adapters.names))
        if self._settings.warmup_enabled:
            self._warm_up(model)
        return StepEngine(model, limits)

    def _warm_up(self, model: StepModel) -> None:
        settings = self._settings
        ProgressReporter(model.name, self._make_listener(model.name))("warming up", 1.0)
        sizes = [settings.warmup_size]
        if model.buckets is not None:
            # What is compiled holds for one size: the one that most requests are painted at comes first.
            sizes.insert(0, max(DEFAULT_SIZES))
        sides = dict.fromkeys(render_size(size, settings.min_render_size, settings.max_render_size) for size in sizes)
        warm_up(model, sides, prompt=settings.warmup_prompt, steps=settings.warmup_steps)

    def _load_generic(self, spec: ModelSpec, info: ModelInfo) -> GenericEngine:
        guidance = None if spec.capabilities.guidance or spec.family is Family.OTHER else spec.usual_guidance
        pipeline = load_pipeline(
            info, self._plan(info, self._read_memory()), self._device, self._make_listener(info.name)
        )
        return GenericEngine(pipeline, name=info.name, guidance=guidance, adapters=load_loras(pipeline, self._loras))

    def _make_listener(self, name: str) -> ProgressCallback:
        return lambda progress: self._say(name, progress.stage, progress.done)

    def _say(self, name: str, stage: str, done: float) -> None:
        self._tell(f"{name}: {stage}, {done:.0%}" if done < 1 else f"{name}: {stage}")
