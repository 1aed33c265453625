"""Which model to paint with on a card: what `MODEL_NAME=auto` takes, and what the documentation recommends. No torch.

Only models whose licence allows commercial use are recommended, and those of few steps, with which a picture takes
seconds. A model fits at ease with 8 bits or more and all of it on the card: fewer bits are seen in the picture, and a
text encoder on the CPU stops the drawing at every new prompt.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from blazon.diffusion.catalogue.specs import ModelSpec, describe
from blazon.diffusion.memory.footprint import GB, Offload, Quantisation, TextEncoder
from blazon.diffusion.memory.known_sizes import SIZES
from blazon.diffusion.memory.plan import (
    MemoryBudget,
    MemoryPlan,
    Wishes,
    describe_encoder,
    describe_weights,
    plan,
)
from blazon.errors import ModelUnavailable

RECOMMENDED: Final = ("Tongyi-MAI/Z-Image-Turbo", "black-forest-labs/FLUX.2-klein-4B")
"""Best first. All go through the step engine."""
OTHERS: Final = (
    "black-forest-labs/FLUX.1-schnell",
    "baidu/ERNIE-Image-Turbo",
    "Qwen/Qwen-Image-2512",
    "Qwen/Qwen-Image",
    "Tongyi-MAI/Z-Image",
    "black-forest-labs/FLUX.2-klein-base-4B",
    "baidu/ERNIE-Image",
)
"""Taken where they lie in the cache already and fit, after those: of few steps first."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A model for a card, and how it would be loaded.

    Args:
        cached: whether it was taken because its files are here.
    """

    name: str
    plan: MemoryPlan
    device_bytes: int
    cached: bool = False

    @property
    def spec(self) -> ModelSpec:
        return describe(self.name)

    @property
    def form(self) -> str:
        """Precision, placement and offload in a few words."""
        form = self.plan.form
        placed = "" if form.offload is Offload.NONE else f", {form.offload} offload"
        return f"{describe_weights(form)}, text encoder {describe_encoder(form)}{placed}"

    def explain(self) -> str:
        """Return the choice in one line."""
        why = ", because it is in the cache" if self.cached else ""
        room = f"{self.device_bytes / GB:.0f} GB free on {self.plan.form.device}"
        return f"{self.name} ({self.spec.licence}) in {self.form} for {room}{why}"


def recommend(memory: MemoryBudget, cached: Collection[str] = (), wishes: Wishes | None = None) -> Recommendation:
    """Return what to paint with in this memory; what lies in the cache goes before what would have to be fetched.

    Args:
        cached: the ids of the models whose files are here and whole.

    Raises:
        ModelUnavailable: not even the smallest fits; says what is missing and what helps.
    """
    here = {name.lower() for name in cached}
    lying = [name for name in (*RECOMMENDED, *OTHERS) if name.lower() in here]
    for found in _list_fitting(lying, memory, wishes):
        return Recommendation(found.model, found, memory.device_bytes, cached=True)
    for found in _list_fitting(RECOMMENDED, memory, wishes):
        return Recommendation(found.model, found, memory.device_bytes)
    smallest = RECOMMENDED[-1]
    last = plan(SIZES[smallest], memory, wishes)
    return Recommendation(smallest, last, memory.device_bytes, cached=smallest.lower() in here)


def list_alternatives(memory: MemoryBudget) -> list[MemoryPlan]:
    """Return the plans for the other models of free licences that fit at ease."""
    taken = recommend(memory).name
    return [found for found in _list_fitting((*RECOMMENDED, *OTHERS), memory, None) if found.model != taken]


def _list_fitting(names: Collection[str], memory: MemoryBudget, wishes: Wishes | None) -> Iterator[MemoryPlan]:
    for name in names:
        try:
            found = plan(SIZES[name], memory, wishes)
        except ModelUnavailable:
            continue
        if _fits_at_ease(found):
            yield found


def _fits_at_ease(found: MemoryPlan) -> bool:
    form = found.form
    few_bits = Quantisation.NF4 in (form.quantisation, form.text_quantisation)
    moved = form.device == "cuda" and (form.text_encoder is TextEncoder.CPU or form.offload is not Offload.NONE)
    return not (few_bits or moved)
