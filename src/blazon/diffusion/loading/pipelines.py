"""Loading a pipeline of any class as a memory plan says, from files to what an engine can run.

Each part is loaded by its own class, in the precision, the quantisation and the place that the plan gives to what it is
for. Safetensors only (or GGUF for the denoiser), never code from the model's folder. Every failure is a
`ModelUnavailable` that says in one line what is wrong and what helps.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
import torch

from blazon.diffusion.catalogue.inspection import ModelInfo
from blazon.diffusion.families import find_family
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.files.modular_index import is_modular
from blazon.diffusion.files.part_classes import PartSite, find_part_class, find_pipeline_class
from blazon.diffusion.files.pipeline_index import read_index
from blazon.diffusion.files.weights import demand_unchanged, list_weight_files, measure_folder
from blazon.diffusion.hub.downloads import Download, look_up
from blazon.diffusion.load_errors import explain_load_errors
from blazon.diffusion.loading.modular import load_modular
from blazon.diffusion.loading.part_checks import check_denoisers, check_parts, list_left_out
from blazon.diffusion.loading.part_loading import load_gguf, load_plain, load_quantised, load_weightless, quantise
from blazon.diffusion.loading.placement import (
    HOST,
    accept_any_precision,
    compute_on_host,
    offload_model,
    offload_sequentially,
    pin_device,
)
from blazon.diffusion.loading.position_bias import keep_position_bias
from blazon.diffusion.loading.shards import load_shards_in_parallel, read_ahead, silence_progress_bars
from blazon.diffusion.memory.footprint import Form, Offload, Quantisation, TextEncoder
from blazon.diffusion.memory.plan import MemoryPlan
from blazon.diffusion.memory.sizing import Role, find_large_encoders, find_role
from blazon.diffusion.memory.tiles import decode_in_tiles
from blazon.errors import ModelUnavailable

log = structlog.get_logger(__name__)

_PACKAGES: Final = {
    Quantisation.INT8: "torchao",
    Quantisation.FP8: "torchao",
    Quantisation.NF4: "bitsandbytes",
    Quantisation.GGUF: "gguf",
}


_FEWEST_TOKENS: Final = 2  # a text, and its end


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How far a load is: what is being done, and the share of the bytes that is done, 0 to 1."""

    stage: str
    done: float


ProgressCallback = Callable[[LoadProgress], None]


def load_pipeline(
    info: ModelInfo, plan: MemoryPlan, device: torch.device, on_progress: ProgressCallback | None = None
) -> Any:
    """Load a pipeline of any class as a memory plan says, fetching it first if it is not here.

    Takes long: not for an event loop.

    Args:
        on_progress: called from this thread, also written to the log; it must not block.

    Raises:
        ModelUnavailable: it cannot be loaded; whatever was loaded is let go again.
    """
    _demand_packages(plan.form)
    tell = ProgressReporter(info.name, on_progress)
    log.info("loading", model=info.name, licence=info.licence, plan=plan.explain())
    folder = fetch_model(info, on_progress)
    with explain_load_errors(info.name, device), demand_unchanged(folder):
        loader = _Loader(info, folder, plan, device, tell)
        pipeline = loader.load_modular() if is_modular(folder) else loader.load()
        tell("ready", 1.0)
        return pipeline


def load_step_model(
    info: ModelInfo, plan: MemoryPlan, device: torch.device, on_progress: ProgressCallback | None = None
) -> StepModel:
    """Load a model for the step engine.

    Raises:
        ModelUnavailable: as `load_pipeline`, or its class has no family in the step engine.
    """
    family = find_family(info.pipeline)
    if family is None:
        raise ModelUnavailable(f"{info.name} is a {info.pipeline}, which the step engine cannot draw with")
    pipeline = load_pipeline(info, plan, device, on_progress)
    return family(pipeline, name=info.name, device=device, max_tokens=_limit_tokens(info, pipeline))


def _limit_tokens(info: ModelInfo, pipeline: Any) -> int:
    """Return how many tokens of a prompt are read: as many as the model was trained on and its tokenizer takes.

    Raises:
        ModelUnavailable: what a tokenizer says it takes is no such number.
    """
    most = info.max_tokens
    for part in ("tokenizer", "tokenizer_2"):
        if (tokenizer := getattr(pipeline, part, None)) is not None:
            said = tokenizer.model_max_length
            if not isinstance(said, int | float) or not said >= _FEWEST_TOKENS:  # NaN is neither
                raise ModelUnavailable(
                    f"{info.name}: the tokenizer_config.json of its {part} says that it takes {said!r} tokens "
                    "(model_max_length); take that file from the model's page"
                )
            most = int(min(info.max_tokens, said))
    return most


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
    """Loads the parts one after the other, the text encoders first: while the GPU is empty, they fit on it."""

    def __init__(
        self, info: ModelInfo, folder: Path, plan: MemoryPlan, device: torch.device, tell: ProgressReporter
    ) -> None:
        self._info, self._folder, self._form = info, folder, plan.form
        self._device, self._tell = device, tell

    def load(self) -> Any:
        self._tell("checking files", 0.0)
        index = read_index(self._folder)
        kind = find_pipeline_class(self._info.name, index.pipeline)
        wanted = check_parts(self._info.name, kind, index)
        classes = {part: find_part_class(self._info.name, part, entry) for part, entry in wanted.items()}
        sites = {part: PartSite(self._info.name, part, classes[part], self._folder / part) for part in wanted}
        weighty = [part for part, entry in wanted.items() if entry.is_weighty]
        for part in weighty:
            measure_folder(self._folder / part)
        roles = {part: find_role(part, wanted[part].kind) for part in weighty}
        check_denoisers(kind, {part: sites[part] for part in weighty if roles[part] is Role.DENOISER})
        with silence_progress_bars(), load_shards_in_parallel():
            parts = {part: load_weightless(site) for part, site in sites.items() if part not in weighty}
            parts |= self._load_weighty({part: sites[part] for part in weighty}, roles)
            left_out = dict.fromkeys(list_left_out(kind, wanted))
            pipeline = kind.from_pretrained(self._folder, **parts, **left_out, local_files_only=True)
        self._arrange(pipeline, {role: [parts[part] for part in weighty if roles[part] is role] for role in Role})
        return pipeline

    def load_modular(self) -> Any:
        kinds = {part: entry.kind for part, entry in read_index(self._folder).parts.items()}
        large = find_large_encoders(self._info.parts, kinds)

        def load(site: PartSite) -> Any:
            if site.part not in self._info.parts:
                return load_weightless(site)
            self._tell(f"loading {site.part.replace('_', ' ')}", 0.0)
            role = find_role(site.part, kinds[site.part])
            part = self._load_part(site, role, large=site.part in large)
            if role is Role.VAE:
                self._arrange_decoding(part)
            return part

        with silence_progress_bars(), load_shards_in_parallel():
            return load_modular(self._info.name, self._folder, load)

    def _load_weighty(self, sites: dict[str, PartSite], roles: dict[str, Role]) -> dict[str, Any]:
        stored = {part: size.stored_bytes for part, size in self._info.parts.items()}
        large = find_large_encoders(self._info.parts, {part: site.kind.__name__ for part, site in sites.items()})
        total, done = max(1, sum(stored.values())), 0
        parts: dict[str, Any] = {}
        for part in sorted(sites, key=lambda part: list(Role).index(roles[part])):
            self._tell(f"loading {part.replace('_', ' ')}", done / total)
            parts[part] = self._load_part(sites[part], roles[part], large=part in large)
            done += stored.get(part, 0)
        return parts

    def _load_part(self, site: PartSite, role: Role, *, large: bool) -> Any:
        form = self._form
        match role:
            case Role.DENOISER:
                read_ahead(list_weight_files(site.folder))
                return self._load_denoiser(site)
            case Role.ENCODER:
                kept = form.text_quantisation if large else Quantisation.NONE
                return load_quantised(site, self._choose_text_device(), form.text_precision, kept)
            case Role.VAE:
                return load_plain(site, self._device, form.vae_precision)
            case Role.CHECKER:
                return load_plain(site, self._device, form.precision)

    def _choose_text_device(self) -> torch.device:
        on_host = self._form.text_encoder is TextEncoder.CPU or self._form.offload is Offload.MODEL
        return HOST if on_host else self._device

    def _load_denoiser(self, site: PartSite) -> Any:
        form = self._form
        if form.quantisation is Quantisation.GGUF:
            return load_gguf(site, self._device, form.precision)
        if form.quantisation in (Quantisation.INT8, Quantisation.FP8):
            # The file's pages are mapped, not copied: each layer goes to the device, and becomes small there.
            target = HOST if form.offload is Offload.MODEL else self._device
            return quantise(load_plain(site, HOST, form.precision), form.quantisation, target)
        if form.quantisation is Quantisation.NF4:
            return load_quantised(site, self._device, form.precision, form.quantisation)
        return load_plain(site, self._device if form.offload is Offload.NONE else HOST, form.precision)

    def _arrange(self, pipeline: Any, parts: dict[Role, list[Any]]) -> None:
        """Switch on what the plan says about decoding and offload."""
        form, denoisers, encoders = self._form, parts[Role.DENOISER], parts[Role.ENCODER]
        for vae in parts[Role.VAE]:
            self._arrange_decoding(vae)
        if form.offload is Offload.MODEL:
            offload_model(encoders, denoisers, self._device)
        elif form.offload is Offload.SEQUENTIAL:
            offload_sequentially(denoisers, self._device)
        if form.text_encoder is TextEncoder.CPU and self._device.type != HOST.type:
            compute_on_host(encoders, self._device)
        if self._choose_text_device() == HOST and form.offload is not Offload.MODEL:
            keep_position_bias(encoders)
        if form.offload is not Offload.NONE or form.text_encoder is TextEncoder.CPU:
            pin_device(pipeline, self._device)

    def _arrange_decoding(self, vae: Any) -> None:
        if self._form.vae_tiling:
            decode_in_tiles(vae)
        if self._form.vae_precision != self._form.precision:
            accept_any_precision(vae)
