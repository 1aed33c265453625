"""The step cache: steps that would change little reuse what the transformer added the last time.

Where `skipping` says so, only the ends of the transformer run, around the remembered contribution of its blocks.

The decision is each sequence's own: those that skip leave the batch of the forward pass. It is
computed from that sequence alone, so that nobody's picture depends on its batch mates.
"""

from collections.abc import Sequence as Many
from dataclasses import dataclass, replace

import torch

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.families.flux1 import round_times
from blazon.diffusion.sampling.sequence import Sequence
from blazon.diffusion.sampling.skipping import SkipPolicy, StepMemory


@dataclass(frozen=True, slots=True)
class _Entry:
    """A sequence at the entrance of the transformer.

    Args:
        hidden: (1, t, d), its image tokens. modulation: (1, d), of its time, guidance and prompt.
        signal: (1, t, d), what the first block makes of both before anything else.
    """

    hidden: torch.Tensor
    modulation: torch.Tensor
    signal: torch.Tensor


@torch.inference_mode()
def predict_velocity(model: StepModel, policy: SkipPolicy, group: Many[Sequence], batch: Batch) -> torch.Tensor:
    """Return the velocity (n, t, c) of a batch whose rows are the sequences of `group`, each of which may skip.

    Memories change only when all has gone well, so that a pass that runs out of memory can be run again.
    """
    entries = [_enter(model, batch.take_rows([index])) for index in range(len(group))]
    memories = [_judge(policy, sequence, entry) for sequence, entry in zip(group, entries, strict=True)]
    full = [index for index, memory in enumerate(memories) if not memory.skipped[-1]]
    passed = iter(_run_full_pass(model, batch.take_rows(full)) if full else ())
    velocities = []
    for index, (entry, memory) in enumerate(zip(entries, memories, strict=True)):
        if memory.skipped[-1]:
            velocities.append(_reuse(model, entry, memory.contribution))
            continue
        velocity, hidden = next(passed)
        velocities.append(velocity)
        memories[index] = replace(memory, contribution=hidden - entry.hidden)
    for sequence, memory in zip(group, memories, strict=True):
        sequence.memory = memory
    return torch.cat(velocities)


def _judge(policy: SkipPolicy, sequence: Sequence, entry: _Entry) -> StepMemory:
    """Return the sequence's memory with the decision about this step."""
    memory = sequence.memory
    if memory.signal is None:
        return StepMemory(entry.signal, changes=(0.0,), skipped=(False,))
    change = float((entry.signal - memory.signal).abs().mean() / memory.signal.abs().mean())
    skips, drift = policy.judge(memory.drift, change, sequence.step, sequence.request.steps)
    return replace(
        memory,
        signal=entry.signal,
        drift=drift,
        changes=(*memory.changes, change),
        skipped=(*memory.skipped, skips),
    )


def _enter(model: StepModel, row: Batch) -> _Entry:
    transformer = model.transformer
    hidden = transformer.x_embedder(row.latents)
    times = round_times(row.times, row.latents.dtype) * 1000
    scales = (row.guidance.to(hidden.dtype) * 1000,) if model.takes_guidance else ()
    modulation = transformer.time_text_embed(times, *scales, row.stack_pooled())
    return _Entry(hidden, modulation, transformer.transformer_blocks[0].norm1(hidden, emb=modulation)[0])


def _run_full_pass(model: StepModel, batch: Batch) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return for each row its velocity (1, t, c) and its image tokens behind the last block (1, t, d)."""
    seen: list[torch.Tensor] = []
    hook = model.transformer.norm_out.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    try:
        velocity = model.velocity(batch)
    finally:
        hook.remove()
    return [(velocity[row : row + 1], seen[0][row : row + 1]) for row in range(len(velocity))]


def _reuse(model: StepModel, entry: _Entry, contribution: torch.Tensor | None) -> torch.Tensor:
    """Return the velocity (1, t, c) that follows if the blocks add what they added the last time."""
    hidden = entry.hidden if contribution is None else entry.hidden + contribution
    hidden = model.transformer.norm_out(hidden, entry.modulation)
    return model.transformer.proj_out(hidden)  # type: ignore[no-any-return]
