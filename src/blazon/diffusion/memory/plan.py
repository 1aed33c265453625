"""The memory plan: from a model's size and what is free, how to load it. Plain arithmetic, no torch.

Forms are tried in a fixed order of preference and the first that fits is taken; the order does not
depend on how much memory there is. So more memory never gives a worse plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from blazon.diffusion.memory.footprint import (
    GB,
    IMAGE_SIDE,
    Component,
    Form,
    ModelSize,
    Offload,
    Quantisation,
    TextEncoder,
    estimate_device_bytes,
    estimate_host_bytes,
)
from blazon.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class MemoryBudget:
    """What may be spent.

    Args:
        device: "cuda", "mps" or "cpu"; the last two share one memory with the host.
        device_bytes, host_bytes: free now.
        half: the half precision of the device, "bfloat16" or "float16"; "float32" if it has none.
        quantisations: those whose packages are installed.
    """

    device: str
    device_bytes: int
    host_bytes: int
    half: str = "bfloat16"
    quantisations: frozenset[Quantisation] = frozenset(Quantisation)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the settings ask for; None leaves the choice to the plan.

    Args:
        half: half precision where the device has it.
        text_encoder: DEVICE allows it to be quantised there.
        max_batch: most pictures in one forward pass, each of as many rows as it takes.
    """

    half: bool = True
    quantisation: Quantisation | None = None
    text_encoder: TextEncoder | None = None
    offload: Offload | None = None
    vae_tiling: bool | None = None
    max_batch: int = 8


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """How to load a model.

    Args:
        batch: most pictures of 1024 x 1024 in one forward pass.
        rows: of a pass that each of them takes at most.
        texts: most that are encoded in one call beside it; at least one, whatever the batch is.
        device_bytes, host_bytes: what is expected to be taken at the peak.
        lora_bytes: of those, what the LoRAs take.
    """

    model: str
    form: Form
    batch: int
    device_bytes: int
    host_bytes: int
    lora_bytes: int = 0
    rows: int = 1
    texts: int = 1

    def explain(self) -> str:
        """Return the plan as one line for a log."""
        form = self.form
        parts = [f"transformer in {describe_weights(form)}"]
        parts += [f"text encoder {describe_encoder(form)}", describe_vae(form)]
        if form.offload is not Offload.NONE:
            parts.append(f"{form.offload} offload")
        if self.lora_bytes:
            parts.append(f"LoRAs of {self.lora_bytes / GB:.2f} GB")
        guided = "" if self.rows == 1 else f" ({self.batch * self.rows} rows with those that guide)"
        parts.append(f"batch of {self.batch}{guided} at {IMAGE_SIDE} x {IMAGE_SIDE}")
        memory = f"{self.device_bytes / GB:.1f} GB on {form.device}"
        if form.device == "cuda":
            memory += f" and {self.host_bytes / GB:.1f} GB on the host"
        return f"{self.model}: {', '.join(parts)}; {memory} expected at the peak"


def plan(model: ModelSize, memory: MemoryBudget, wishes: Wishes | None = None) -> MemoryPlan:
    """Return the best plan that fits the memory and the wishes.

    Raises:
        ModelUnavailable: none fits; says what is missing and what helps.
    """
    wishes = wishes or Wishes()
    found = _plan(model, memory, wishes)
    if found is None:
        raise ModelUnavailable(_explain_refusal(model, memory, wishes))
    return found


def _plan(model: ModelSize, memory: MemoryBudget, wishes: Wishes) -> MemoryPlan | None:
    for form in list_forms(model, memory, wishes):
        for batch in range(wishes.max_batch, 0, -1):
            if _fits(_estimate(form, model, batch), memory):
                every = range(batch, 1, -1)
                texts = next((count for count in every if _fits(_estimate(form, model, batch, count), memory)), 1)
                device, host = _estimate(form, model, batch, texts)
                loras = model.loras.size(form.precision)
                return MemoryPlan(model.name, form, batch, device, host, loras, model.rows, texts)
    return None


def _fits(need: tuple[int, int], memory: MemoryBudget) -> bool:
    return need[0] <= memory.device_bytes and need[1] <= memory.host_bytes


def _estimate(form: Form, model: ModelSize, batch: int, texts: int = 1) -> tuple[int, int]:
    device, host = estimate_device_bytes(form, model, batch, texts), estimate_host_bytes(form, model)
    return (device, host) if form.device == "cuda" else (device + host, device + host)


# The forms, best first.

_Layout = tuple[TextEncoder, bool]  # where the text encoder is, and whether the VAE decodes in tiles

_AT_EASE: Final[tuple[_Layout, ...]] = (
    (TextEncoder.DEVICE, False),
    (TextEncoder.QUANTISED, False),
    (TextEncoder.QUANTISED, True),
)
_ANY: Final[tuple[_Layout, ...]] = (
    (TextEncoder.DEVICE, False),
    (TextEncoder.QUANTISED, False),
    (TextEncoder.DEVICE, True),
    (TextEncoder.QUANTISED, True),
    (TextEncoder.CPU, False),
    (TextEncoder.CPU, True),
)
# Eight bits cost hardly any quality, so they come before a text encoder on the CPU, with which each new prompt takes
# seconds; that comes before four bits, which are seen in the picture.
_ORDER: Final[tuple[tuple[Quantisation, tuple[_Layout, ...]], ...]] = (
    (Quantisation.NONE, _AT_EASE),
    (Quantisation.INT8, _ANY),
    (Quantisation.NF4, _ANY),
    (Quantisation.NONE, _ANY),
)


def list_forms(model: ModelSize, memory: MemoryBudget, wishes: Wishes) -> Iterator[Form]:
    """Yield every form that the device, the installed packages and the wishes allow, best first."""
    list_all = _list_cuda_forms if memory.device == "cuda" else _list_shared_forms
    for form in list_all(model, memory, wishes):
        if _is_allowed(form, memory, wishes) and not (model.stays and _moves(form)):
            yield form


def _list_cuda_forms(model: ModelSize, memory: MemoryBudget, wishes: Wishes) -> Iterator[Form]:
    precision = memory.half if wishes.half else "float32"
    for quantisation, layouts in _choose_order(model, wishes):
        few = Quantisation.NF4 if quantisation is Quantisation.NF4 else Quantisation.INT8
        for encoder, tiling in layouts:
            text = few if encoder is TextEncoder.QUANTISED else Quantisation.NONE
            yield Form("cuda", precision, quantisation, encoder, text, tiling, wishes.offload or Offload.NONE)
    if wishes.offload is None and not model.gguf:
        yield from _list_taking_turns(precision, wishes)
        yield Form("cuda", precision, text_encoder=TextEncoder.CPU, vae_tiling=True, offload=Offload.SEQUENTIAL)


def _list_taking_turns(precision: str, wishes: Wishes) -> Iterator[Form]:
    """Yield forms whose text encoder and transformer take turns on the device.

    They need no less of it than a text encoder on the CPU does, and more of the host: what takes them wants the text
    read on the GPU all the same.
    """
    every = (Quantisation.NONE, Quantisation.INT8, Quantisation.NF4)
    kinds = every if wishes.quantisation is None else (wishes.quantisation,)
    for quantisation in kinds:
        for encoder, tiling in _ANY[:4]:
            few = Quantisation.NF4 if quantisation is Quantisation.NF4 else Quantisation.INT8
            text = few if encoder is TextEncoder.QUANTISED else Quantisation.NONE
            yield Form("cuda", precision, quantisation, encoder, text, tiling, Offload.MODEL)


def _list_shared_forms(model: ModelSize, memory: MemoryBudget, wishes: Wishes) -> Iterator[Form]:
    """Yield forms for a device with one memory for all, where moving parts to the CPU saves nothing."""
    precisions = ["float32"] if memory.device == "cpu" else []
    precisions += [memory.half if memory.device == "mps" else "bfloat16"] if wishes.half else []
    for quantisation, _ in _choose_order(model, wishes):
        for precision in precisions or ["float32"]:
            for encoder, tiling in _ANY[:4]:
                text = Quantisation.INT8 if encoder is TextEncoder.QUANTISED else Quantisation.NONE
                yield Form(memory.device, precision, quantisation, encoder, text, tiling)


def _choose_order(model: ModelSize, wishes: Wishes) -> tuple[tuple[Quantisation, tuple[_Layout, ...]], ...]:
    if model.gguf:
        return ((Quantisation.GGUF, _ANY),)
    return _ORDER if wishes.quantisation is None else ((wishes.quantisation, _ANY),)


def _is_allowed(form: Form, memory: MemoryBudget, wishes: Wishes) -> bool:
    used = {form.quantisation, form.text_quantisation} - {Quantisation.NONE}
    return (
        used <= memory.quantisations
        and (wishes.vae_tiling is None or form.vae_tiling == wishes.vae_tiling)
        and _allows_placement(form, wishes)
        and _allows_offload(form, wishes)
    )


def _moves(form: Form) -> bool:
    """Say whether a part is kept or waits on the host, beside a device of its own."""
    return form.offload is not Offload.NONE or (form.device == "cuda" and form.text_encoder is TextEncoder.CPU)


def _allows_placement(form: Form, wishes: Wishes) -> bool:
    """Say whether the text encoder is where it is wished, and quantised only if quantisation is not refused."""
    quantised = form.text_encoder is TextEncoder.QUANTISED
    if wishes.quantisation is Quantisation.NONE and wishes.text_encoder is not TextEncoder.QUANTISED and quantised:
        return False
    if wishes.text_encoder is None or form.device != "cuda":
        return True
    if wishes.text_encoder is TextEncoder.DEVICE:
        return form.text_encoder is not TextEncoder.CPU
    return form.text_encoder is wishes.text_encoder


def _allows_offload(form: Form, wishes: Wishes) -> bool:
    match form.offload:
        case Offload.MODEL:
            return form.text_encoder is not TextEncoder.CPU
        case Offload.SEQUENTIAL:
            wanted = wishes.quantisation in (None, Quantisation.NONE)
            return wanted and form.quantisation is Quantisation.NONE and form.text_encoder is TextEncoder.CPU
        case _:
            return True


# Words.


def describe_weights(form: Form) -> str:
    return form.precision if form.quantisation is Quantisation.NONE else f"{form.quantisation} ({form.precision})"


def describe_encoder(form: Form) -> str:
    if form.text_encoder is TextEncoder.CPU and form.device == "cuda":
        return "on the CPU"
    quantised = form.text_quantisation is not Quantisation.NONE
    return f"in {form.text_quantisation if quantised else form.precision}"


def describe_vae(form: Form) -> str:
    return "VAE in tiles" if form.vae_tiling else "VAE whole"


def _explain_refusal(model: ModelSize, memory: MemoryBudget, wishes: Wishes) -> str:
    needs = [_estimate(form, model, 1) for form in list_forms(model, memory, wishes)]
    if not needs:
        return f"{model.name} cannot be loaded as asked: {_explain_contradiction(model, wishes)}"
    device, host = min(needs, key=lambda need: _compute_shortfall(need, memory))
    kind = {"cuda": "GPU memory", "mps": "memory", "cpu": "memory"}[memory.device]
    needed = f"needs {device / GB:.1f} GB of {kind} and {memory.device_bytes / GB:.1f} GB are free"
    if memory.device == "cuda" and host > memory.host_bytes:
        needed += f", {host / GB:.1f} GB of host memory and {memory.host_bytes / GB:.1f} GB are free"
    return f"{model.name} does not fit: it {needed}; {_suggest_remedy(model, memory, wishes)}"


def _compute_shortfall(need: tuple[int, int], memory: MemoryBudget) -> int:
    return max(0, need[0] - memory.device_bytes) + max(0, need[1] - memory.host_bytes)


def _explain_contradiction(model: ModelSize, wishes: Wishes) -> str:
    packages = {Quantisation.NF4: "bitsandbytes", Quantisation.GGUF: "gguf"}
    quantisation = Quantisation.GGUF if model.gguf else wishes.quantisation
    if model.stays and wishes.text_encoder is TextEncoder.CPU:
        return "a modular pipeline reads the text on the device; leave TEXT_ENCODER_DEVICE at auto"
    if quantisation is None or quantisation is Quantisation.NONE:
        return "QUANTIZATION and TEXT_ENCODER_DEVICE contradict each other; leave them at auto"
    package = packages.get(quantisation, "torchao")
    return (
        f"{quantisation} weights need a package or cannot run on this device; "
        f"pip install {package}, or leave QUANTIZATION at auto"
    )


def _suggest_remedy(model: ModelSize, memory: MemoryBudget, wishes: Wishes) -> str:
    if model.loras.parameters and _plan(replace(model, loras=Component(0, 0, 0)), memory, wishes) is not None:
        return "without the LoRAs it fits: leave some out of LORAS"
    free = replace(wishes, quantisation=None, text_encoder=None, offload=None, vae_tiling=None, half=True)
    if _plan(model, memory, free) is not None:
        return "it fits with USE_FP16, QUANTIZATION and TEXT_ENCODER_DEVICE left at their defaults"
    every = replace(memory, quantisations=frozenset(Quantisation))
    if memory.device == "cuda" and _plan(model, every, free) is not None:
        return "pip install torchao bitsandbytes: with fewer bits it fits"
    return "free memory, choose a smaller model with MODEL_NAME, or set ENGINE=vector"
