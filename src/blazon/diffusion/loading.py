"""Loading FLUX as a memory plan says: from files to a model that the step engine can run.

Safetensors only (or GGUF for the transformer), never code from the model's folder. Every failure is a
`ModelUnavailable` that says in one line what is wrong and what helps.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
import torch

from blazon.diffusion.downloads import Download, look_up
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.footprint import Form, Offload, Quantisation, TextEncoder
from blazon.diffusion.inspection import ModelInfo, read_components
from blazon.diffusion.load_errors import explain_load_errors
from blazon.diffusion.memory import MemoryPlan
from blazon.diffusion.placement import offload_model, offload_sequentially
from blazon.diffusion.shards import load_shards_in_parallel, read_ahead, silence_progress_bars
from blazon.diffusion.tiles import decode_in_tiles
from blazon.diffusion.weights import list_weight_files, measure_folder
from blazon.errors import ModelUnavailable

log = structlog.get_logger(__name__)

PIPELINE: Final = "FluxPipeline"
_CLASSES: Final = {
    "transformer": "FluxTransformer2DModel",
    "vae": "AutoencoderKL",
    "text_encoder": "CLIPTextModel",
    "text_encoder_2": "T5EncoderModel",
}
_PACKAGES: Final = {
    Quantisation.INT8: "torchao",
    Quantisation.FP8: "torchao",
    Quantisation.NF4: "bitsandbytes",
    Quantisation.GGUF: "gguf",
}


_VOCABULARIES: Final = ("tokenizer.json", "vocab.json", "spiece.model")


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How far a load is: what is being done, and the share of the bytes that is done, 0 to 1."""

    stage: str
    done: float


ProgressCallback = Callable[[LoadProgress], None]


def load_flux(
    info: ModelInfo, plan: MemoryPlan, device: torch.device, on_progress: ProgressCallback | None = None
) -> Flux1:
    """Load a FLUX model, fetching it first if it is not here. Takes long: not for an event loop.

    Args:
        on_progress: called from this thread, also written to the log; it must not block.

    Raises:
        ModelUnavailable: it cannot be loaded; whatever was loaded is let go again.
    """
    if info.pipeline != PIPELINE:
        raise ModelUnavailable(f"{info.name} is a {info.pipeline}; the step engine draws with {PIPELINE} only")
    _demand_packages(plan.form)
    tell = ProgressReporter(info.name, on_progress)
    log.info("loading", model=info.name, licence=info.licence, plan=plan.explain())
    folder = fetch_model(info, on_progress)
    with explain_load_errors(info.name, device):
        loader = _Loader(info, folder, plan, device, tell)
        pipeline = loader.pipeline()
        tell("ready", 1.0)
        return Flux1(pipeline, name=info.name, device=device, max_tokens=_limit_tokens(info, pipeline))


def _limit_tokens(info: ModelInfo, pipeline: Any) -> int:
    return min(info.max_tokens, int(pipeline.tokenizer_2.model_max_length))


class ProgressReporter:
    """Passes progress to the log and to a listener, which cannot fail the load."""

    def __init__(self, name: str, listener: ProgressCallback | None) -> None:
        self._name, self._listener = name, listener

    def __call__(self, stage: str, done: float) -> None:
        log.info("load progress", model=self._name, stage=stage, done=round(done, 3))
        if self._listener is None:
            return
        try:
            self._listener(LoadProgress(stage, done))
        except Exception:  # whoever listens, the model is wanted all the same
            log.exception("a listener to the loading failed and is told no more")
            self._listener = None


def fetch_model(info: ModelInfo, on_progress: ProgressCallback | None = None) -> Path:
    """Return the folder of a model, fetching first what of it is not here; a later call goes on where this one stops.

    Raises:
        ModelUnavailable: it cannot be fetched, or the disk has no room for it.
    """
    if info.folder is not None:
        return info.folder
    from huggingface_hub import constants

    hub = info.source.hub
    download = Download(hub, look_up(hub), Path(constants.HF_HUB_CACHE))
    files = download.choose()
    missing = download.count_missing(files)
    hub.demand_space(missing)
    log.info("fetching", model=info.name, gigabytes=round(missing / 1e9, 1))
    return download.fetch_all(files, _report_each_percent(ProgressReporter(info.name, on_progress)))


def _report_each_percent(tell: ProgressReporter) -> Callable[[int, int], None]:
    """Return what takes bytes that are here and bytes that are wanted, and tells when another hundredth is there."""
    told = -1

    def report(done: int, total: int) -> None:
        nonlocal told
        percent = 100 * done // max(1, total)
        if percent != told:
            told = percent
            tell("fetching", percent / 100)

    return report


def _demand_packages(form: Form) -> None:
    for quantisation in (form.quantisation, form.text_quantisation):
        package = _PACKAGES.get(quantisation)
        if package is not None and importlib.util.find_spec(package) is None:
            raise ModelUnavailable(f"{quantisation} weights need the package {package}: pip install {package}")
    if form.offload is not Offload.NONE and importlib.util.find_spec("accelerate") is None:
        raise ModelUnavailable("offloading needs the package accelerate: pip install accelerate")


class _Loader:
    """Loads the components one after the other, the text encoders first: while the GPU is empty, they fit on it."""

    def __init__(
        self, info: ModelInfo, folder: Path, plan: MemoryPlan, device: torch.device, tell: ProgressReporter
    ) -> None:
        self._size, self._folder, self._plan, self._device, self._tell = info.size, folder, plan, device, tell
        self._form = plan.form

    def pipeline(self) -> Any:
        from diffusers import AutoencoderKL, FluxPipeline
        from transformers import CLIPTextModel, T5EncoderModel

        self._check_files()
        text_device = self._choose_text_device()
        steps: tuple[tuple[str, int, Callable[[], Any]], ...] = (
            (
                "text_encoder",
                self._size.pooled_encoder.stored_bytes,
                lambda: self._load_clip(CLIPTextModel, text_device),
            ),
            (
                "text_encoder_2",
                self._size.text_encoder.stored_bytes,
                lambda: self._load_t5(T5EncoderModel, text_device),
            ),
            ("transformer", self._size.transformer.stored_bytes, self._load_transformer),
            ("vae", self._size.vae.stored_bytes, lambda: self._load_vae(AutoencoderKL)),
        )
        parts: dict[str, Any] = {}
        done = 0
        with silence_progress_bars(), load_shards_in_parallel():
            for name, stored, load in steps:
                self._tell(f"loading {name.replace('_', ' ')}", done / max(1, self._size.stored_bytes))
                parts[name] = load()
                done += stored
            whole: Any = FluxPipeline
            pipeline = whole.from_pretrained(self._folder, **parts, local_files_only=True)
        self._arrange(pipeline)
        return pipeline

    def _check_files(self) -> None:
        self._tell("checking files", 0.0)
        _, kinds = read_components(self._folder)
        for part, kind in _CLASSES.items():
            if kinds.get(part) != kind:
                raise ModelUnavailable(
                    f"{self._plan.model} is no FLUX.1: its {part} is {kinds.get(part, 'missing')}, not {kind}"
                )
            measure_folder(self._folder / part)
        for part in ("tokenizer", "tokenizer_2"):
            # transformers makes an empty tokenizer without a word where the vocabulary is missing.
            if not any((self._folder / part / name).is_file() for name in _VOCABULARIES):
                raise ModelUnavailable(f"{self._folder / part} has no vocabulary; fetch the model again")

    def _choose_text_device(self) -> torch.device:
        on_host = self._form.text_encoder is TextEncoder.CPU or self._form.offload is Offload.MODEL
        return torch.device("cpu") if on_host else self._device

    def _load_clip(self, kind: Any, device: torch.device) -> Any:
        return self._load_plain(kind, "text_encoder", device, self._form.text_precision)

    def _load_t5(self, kind: Any, device: torch.device) -> Any:
        form = self._form
        if form.text_quantisation is Quantisation.NF4:
            from transformers import BitsAndBytesConfig

            return self._load_plain(
                kind, "text_encoder_2", device, form.text_precision, _configure_nf4(BitsAndBytesConfig, form)
            )
        model = self._load_plain(kind, "text_encoder_2", device, form.text_precision)
        return _quantise(model, form.text_quantisation, device)

    def _load_vae(self, kind: Any) -> Any:
        return self._load_plain(kind, "vae", self._device, self._form.vae_precision)

    def _load_transformer(self) -> Any:
        from diffusers import FluxTransformer2DModel

        form = self._form
        host = torch.device("cpu")
        read_ahead(list_weight_files(self._folder / "transformer"))
        if form.quantisation is Quantisation.GGUF:
            return self._load_gguf(FluxTransformer2DModel)
        if form.quantisation is Quantisation.NF4:
            from diffusers import BitsAndBytesConfig

            kind = FluxTransformer2DModel
            return self._load_plain(
                kind, "transformer", self._device, form.precision, _configure_nf4(BitsAndBytesConfig, form)
            )
        if form.quantisation is not Quantisation.NONE:
            # The file's pages are mapped, not copied: each layer goes to the device, and becomes small there.
            model = self._load_plain(FluxTransformer2DModel, "transformer", host, form.precision)
            return _quantise(model, form.quantisation, host if form.offload is Offload.MODEL else self._device)
        device = self._device if form.offload is Offload.NONE else host
        return self._load_plain(FluxTransformer2DModel, "transformer", device, form.precision)

    def _load_plain(
        self, kind: Any, part: str, device: torch.device, precision: str, quantisation: Any | None = None
    ) -> Any:
        """Load a component straight to a device, quantised on the way if a configuration for that is given."""
        options: dict[str, Any] = {} if quantisation is None else {"quantization_config": quantisation}
        model = kind.from_pretrained(
            self._folder / part,
            use_safetensors=True,
            local_files_only=True,
            device_map={"": device},
            **_make_dtype_option(kind, precision),
            **options,
        )
        return model.eval()

    def _load_gguf(self, kind: Any) -> Any:
        from diffusers import GGUFQuantizationConfig

        folder, dtype = self._folder / "transformer", getattr(torch, self._form.precision)
        config: Any = GGUFQuantizationConfig
        (file,) = list_weight_files(folder)
        model = kind.from_single_file(
            str(file),
            config=str(folder),
            quantization_config=config(compute_dtype=dtype),
            torch_dtype=dtype,
            local_files_only=True,
        )
        return model.to(self._device).eval()

    def _arrange(self, pipeline: Any) -> None:
        """Switch on what the plan says about decoding and offload."""
        if self._form.vae_tiling:
            decode_in_tiles(pipeline.vae)
        if self._form.offload is Offload.MODEL:
            offload_model(pipeline, self._device)
        elif self._form.offload is Offload.SEQUENTIAL:
            offload_sequentially(pipeline, self._device)


def _make_dtype_option(kind: Any, precision: str) -> dict[str, torch.dtype]:
    # transformers says `dtype`; diffusers has understood that only lately.
    name = "dtype" if kind.__module__.startswith("transformers.") else "torch_dtype"
    return {name: getattr(torch, precision)}


def _configure_nf4(config: Any, form: Form) -> Any:
    return config(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=getattr(torch, form.precision),
    )


def _quantise(model: Any, quantisation: Quantisation, device: torch.device) -> Any:
    """Keep the weights of the linear layers in eight bits (torchao, weight-only), layer by layer on the device."""
    if quantisation is Quantisation.NONE:
        return model
    from torchao.quantization import (
        Float8WeightOnlyConfig,
        Int8WeightOnlyConfig,
        quantize_,
    )

    kind = Int8WeightOnlyConfig if quantisation is Quantisation.INT8 else Float8WeightOnlyConfig
    config = kind(set_inductor_config=False)  # tuning all that is compiled later would take minutes
    quantize_(model, config, device=device)
    return model
