"""Numbers of a model at full size on one GPU: what half precision, mixed batches and 8-bit products change.

`python benchmarks/gpu_precision.py [--kind KIND ...] [--out FOLDER]` compares, with random weights made on the
device: one forward pass in bf16 with one of the same weights in float32; a batch of pictures at different steps with
each of them alone; and every layer of the blocks in 8 bits with itself in bf16, on what it is given in a real pass.
An error is the length of the difference over the length of the reference.
"""

import argparse
import re
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from _gpu import PROMPT, build, device_name, gpu_options, parsed, release, take_each_kind, title
from _report import Row, report
from torch import nn

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.optimization.eight_bits import choose_arithmetic, list_suited_layers
from blazon.diffusion.sampling.sequence import DiffusionRequest, Sequence, Ticket
from blazon.diffusion.stepping import gather_batch, start_sequence

BATCH = 4
STEPS = (0, 2, 5, 9)  # at which the pictures of the mixed batch stand


@dataclass(frozen=True, slots=True)
class LayerError:
    """How far a layer in 8 bits is from itself."""

    name: str
    error: float


def main() -> None:
    parser = gpu_options(__doc__)
    parser.add_argument("--size", type=int, default=1024)
    for arguments in take_each_kind(parsed(parser, gigabytes=60)):
        measure(arguments)


def measure(arguments: argparse.Namespace) -> None:
    """Measure the numbers of one kind, and tell them."""
    size = 64 if arguments.rehearse else arguments.size
    model = build(arguments)
    sequences = mixed(model, size)
    rounding, mates = measure_half_precision(model, sequences), batch_mates(model, sequences)
    name, errors = eight_bits(model, sequences[1])
    rows: list[Row] = [
        (f"{_dtype(model)} against float32, one pass: largest of {BATCH}", _percent(max(rounding)), ""),
        (
            f"mixed batch of {BATCH} against each alone: largest",
            _percent(max(mates)),
            f"<= {_percent(max(rounding))}",
        ),
        *layer_rows(name, errors),
    ]
    raw = {"half_precision": rounding, "batch_mates": mates, "layers": {layer.name: layer.error for layer in errors}}
    report(
        f"{title(arguments)}, {size} px",
        rows,
        out=arguments.out,
        name=f"gpu_precision-{arguments.kind}",
        device=device_name(arguments),
        raw=raw,
    )


def mixed(model: StepModel, size: int) -> list[Sequence]:
    """Return pictures with prompts, seeds and guidance of their own, at different steps."""
    requests = [
        DiffusionRequest(f"{PROMPT}, number {number}", size, size, 28, 2.5 + number, number) for number in range(BATCH)
    ]
    sequences = [
        start_sequence(model, Ticket(request), model.encode(model.list_prompts(request))) for request in requests
    ]
    for sequence, step in zip(sequences, STEPS, strict=True):
        sequence.step = step
    return sequences


def measure_half_precision(model: StepModel, sequences: list[Sequence]) -> list[float]:
    """Return for each picture how far a pass in the model's precision is from one in float32."""
    found = []
    torch.set_float32_matmul_precision("highest")
    for sequence in sequences:
        batch = gather_batch([sequence])
        usual = model.velocity(batch)
        found.append(_apart(usual, model.velocity(batch, precise=True)))
        release()
    return found


def batch_mates(model: StepModel, sequences: list[Sequence]) -> list[float]:
    """Return for each picture how far its row of a mixed batch is from what it gets alone."""
    together = model.velocity(gather_batch(sequences))
    alone = [model.velocity(gather_batch([sequence])) for sequence in sequences]
    return [_apart(together[row : row + 1], single) for row, single in enumerate(alone)]


def eight_bits(model: StepModel, sequence: Sequence) -> tuple[str, list[LayerError]]:
    """Return the name of the 8-bit arithmetic, and the error of every layer that can be in it."""
    from torchao.quantization import quantize_

    name, config = choose_arithmetic(model)
    errors: list[LayerError] = []

    def compare(layer: str, module: nn.Linear, given: torch.Tensor, usual: torch.Tensor) -> None:
        with torch.inference_mode(False), torch.no_grad():
            other = nn.Sequential(_same(module))  # a container, because torchao replaces what is in one
            quantize_(other, config)
            errors.append(LayerError(layer, _apart(other(given), usual)))

    handles = [
        model.transformer.get_submodule(layer).register_forward_hook(
            lambda module, given, usual, layer=layer: compare(layer, module, given[0], usual)
        )
        for layer in list_suited_layers(model)
    ]
    model.velocity(gather_batch([sequence]))
    for handle in handles:
        handle.remove()
    return name, errors


def _same(module: nn.Linear) -> nn.Linear:
    """Return a layer with the weights of another and without its hooks."""
    layer = nn.Linear(module.in_features, module.out_features, module.bias is not None, device="meta")
    layer.weight, layer.bias = module.weight, module.bias
    return layer


def layer_rows(name: str, errors: list[LayerError]) -> Iterator[Row]:
    """Yield a row for each kind of layer: blocks differ by their number only."""
    kinds: dict[str, list[LayerError]] = defaultdict(list)
    for layer in errors:
        kinds[re.sub(r"_blocks\.\d+", "_blocks", layer.name)].append(layer)
    for kind, layers in kinds.items():
        worst = max(layers, key=lambda layer: layer.error)
        median = statistics.median(layer.error for layer in layers)
        yield f"{name}: {kind}", f"median {_percent(median)}, largest {_percent(worst.error)}", ""
    worst = max(errors, key=lambda layer: layer.error)
    yield f"{name}: {worst.name}, the largest of {len(errors)} layers", _percent(worst.error), ""


def _apart(one: torch.Tensor, reference: torch.Tensor) -> float:
    one, reference = one.double(), reference.double()
    return float((one - reference).norm() / reference.norm())


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _dtype(model: StepModel) -> str:
    return str(model.dtype).removeprefix("torch.")


if __name__ == "__main__":
    main()
