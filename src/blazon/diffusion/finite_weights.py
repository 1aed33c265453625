"""Whether a loaded model draws at all: weights that are not numbers load well, and then fail every request.

A pass through all parts at the smallest size costs less than a look at every weight, and refuses what the engine could
not draw with either: a model that overflows in half precision and is finite in float32 goes on. Only once there is no
picture are the weights looked at, to name the part.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import structlog
import torch

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.optimization.measures import in_one_line
from blazon.diffusion.poison import is_poisoned
from blazon.diffusion.precision import is_packed
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.flow_matching import PATCH
from blazon.diffusion.sampling.sequence import DiffusionRequest, Ticket
from blazon.diffusion.stepping import advance, start_sequence
from blazon.errors import ModelUnavailable

log = structlog.get_logger(__name__)

_OF_TEXT: Final = "text encoder"


def demand_finite_picture(model: StepModel, prompt: str, *, fetched: bool) -> None:
    """Take one step of one small picture and decode it, before the model is compiled and its engine starts.

    A text that cannot be read refuses the model too. Whatever else goes wrong is logged only: whoever asks for a
    picture may still get one.

    Args:
        fetched: whether the model comes from the hub, for the remedy.

    Raises:
        ModelUnavailable: the picture has numbers that are not finite, or there is no reading its text; names the part.
    """
    try:
        part = _find_part_not_finite(model, prompt)
    except ModelUnavailable:
        raise
    except Exception as error:
        if is_poisoned(error):
            raise
        log.warning("a small picture could not be tried", model=model.name, reason=in_one_line(error))
        return
    if part is None:
        return
    damage = explain_damage(model.name, model.pipeline, fetched=fetched)
    raise ModelUnavailable(damage or _explain_overflow(model.name, part, fetched))


def explain_damage(name: str, pipeline: Any, *, fetched: bool) -> str | None:
    """Return in one line which weights of a pipeline are not finite, and what helps; None where all are.

    Weights that are packed (4 bits, GGUF) or that wait elsewhere count as finite.
    """
    damaged = next(_list_not_finite(pipeline), None)
    if damaged is None:
        return None
    part, tensor = damaged
    return f"{name} gives no finite picture: its {part} is damaged ({tensor} is not finite); {_advise(part, fetched)}"


def _find_part_not_finite(model: StepModel, prompt: str) -> str | None:
    """Return which part returns numbers that are not finite, also in float32 where the engine would try that."""
    side = model.vae_scale * PATCH * 2
    request = DiffusionRequest(prompt, side, side, steps=2, guidance=0.0)
    with torch.inference_mode():
        texts = _read_text(model, prompt)
        for precise in (False, True):
            sequence = start_sequence(model, Ticket(request), texts, precise=precise)
            advance(model, [sequence])
            if bool(torch.isfinite(sequence.latents).all()):
                return "vae" if model.decode(sequence.latents, side, side)[0] is None else None
    return "transformer" if _are_finite(texts) else _OF_TEXT


def _read_text(model: StepModel, prompt: str) -> Sequence[Conditioning]:
    try:
        return model.encode([prompt])
    except Exception as error:
        if is_poisoned(error) or isinstance(error, torch.OutOfMemoryError | MemoryError):
            raise
        log.exception("a text could not be read", model=model.name)
        raise ModelUnavailable(
            f"{model.name} cannot read a text ({in_one_line(error)}); compare the files of its tokenizer and of its "
            "text encoder with the model's page"
        ) from error


def _are_finite(texts: Sequence[Conditioning]) -> bool:
    numbers = [tensor for text in texts for tensor in (text.tokens, text.pooled) if tensor is not None]
    return all(bool(torch.isfinite(tensor).all()) for tensor in numbers)


def _list_not_finite(pipeline: Any) -> Iterator[tuple[str, str]]:
    """Yield the parts that hold numbers that are not finite, each with the name of a tensor."""
    parts = [(part, model) for part, model in pipeline.components.items() if isinstance(model, torch.nn.Module)]
    for part, model in parts:
        for name, tensor in model.state_dict().items():
            if isinstance(tensor, torch.Tensor) and not _is_finite(tensor):
                yield part, name
                break


def _is_finite(tensor: torch.Tensor) -> bool:
    if not tensor.is_floating_point() or tensor.is_meta:
        return True
    numbers = tensor.dequantize() if is_packed(tensor) else tensor
    # What is computed of eight bits is computed in a wider type.
    return bool(torch.isfinite(numbers.half() if numbers.itemsize == 1 else numbers).all())


def _explain_overflow(name: str, part: str, fetched: bool) -> str:
    told = f"{name} gives no finite picture: its {part} returns numbers that are not finite"
    if part == _OF_TEXT:
        return f"{told}; a wider precision helps (USE_FP16=false on GPUs without bf16), or choose another model"
    return f"{told}, even in float32; its files are damaged or of another model: {_advise(part, fetched)}"


def _advise(part: str, fetched: bool) -> str:
    if fetched:
        return "delete it in the hub's cache and fetch it again"
    return f"take its {part} from the model's page again, or choose another model"
