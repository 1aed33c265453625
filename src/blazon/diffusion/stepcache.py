"""The step cache: steps that would change little reuse what the transformer added the last time.

Between two steps the input of the first block changes by an amount from which the change of the
output can be foretold. As long as the changes foretold since the last full step add up to less than a
threshold, only the ends of the transformer run, around the remembered contribution of its blocks
(F. Liu et al., "Timestep Embedding Tells: It's Time to Cache for Video Diffusion Model", 2024).

The decision is each sequence's own: those that skip leave the batch of the forward pass. It is
computed from that sequence alone, so that nobody's picture depends on its batch mates.
"""

from collections.abc import Sequence as Many
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import torch

if TYPE_CHECKING:
    from blazon.diffusion.flux import Batch, FluxModel
    from blazon.diffusion.sequence import Sequence

# From the relative change of the first block's input to that of the output, highest power first, as
# fitted by the authors of the paper on FLUX.1-dev.
FLUX_FIT: Final = (498.651651, -283.781631, 55.8554382, -3.82021401, 0.264230861)


@dataclass(frozen=True, slots=True)
class SkipPolicy:
    """When a step may be skipped.

    Args:
        threshold: sum of foretold relative changes up to which steps are skipped.
        fewest_steps: shorter schedules take steps too large to be foretold, and skip none.
        fit: polynomial from the change of the input to that of the output, highest power first.
    """

    threshold: float = 0.6
    fewest_steps: int = 12
    fit: tuple[float, ...] = FLUX_FIT

    def foretold(self, change: float) -> float:
        """Return the relative change of the output that goes with one of the input."""
        value = 0.0
        for coefficient in self.fit:
            value = value * change + coefficient
        return max(value, 0.0)

    def judge(self, drift: float, change: float, step: int, steps: int) -> tuple[bool, float]:
        """Return whether a step (0-based, of `steps`) is skipped, and the drift after it.

        The first step has nothing to reuse, and the last one settles the details.
        """
        drift += self.foretold(change)
        skips = steps >= self.fewest_steps and 0 < step < steps - 1 and drift < self.threshold
        return skips, drift if skips else 0.0

    def schedule(self, changes: Many[float]) -> list[bool]:
        """Return for each step whether it is skipped, given the change at each step (that of step 0 is ignored)."""
        drift, schedule = 0.0, []
        for step, change in enumerate(changes):
            skips, drift = self.judge(drift, change, step, len(changes))
            schedule.append(skips)
        return schedule


@dataclass(frozen=True, slots=True)
class StepMemory:
    """What a sequence remembers between steps.

    Args:
        signal: (1, t, d), the modulated input of the first block at the last step.
        contribution: (1, t, d), what all blocks together added at the last full step.
        drift: sum of the foretold changes since then.
        changes: relative change of the signal at each step so far; 0 at the first.
        skipped: for each step so far, whether it was skipped.
    """

    signal: torch.Tensor | None = None
    contribution: torch.Tensor | None = None
    drift: float = 0.0
    changes: tuple[float, ...] = ()
    skipped: tuple[bool, ...] = ()


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


class StepCache:
    """Velocities of a batch in which sequences may skip. Stateless: each sequence carries its `StepMemory`."""

    def __init__(self, policy: SkipPolicy | None = None) -> None:
        self.policy = policy or SkipPolicy()

    @torch.inference_mode()
    def velocity(self, model: "FluxModel", group: "Many[Sequence]", batch: "Batch") -> torch.Tensor:
        """Return the velocity (n, t, c) of a batch whose rows are the sequences of `group`.

        Memories change only when all has gone well, so that a pass that runs out of memory can be run again.
        """
        entries = [_entry(model, batch.rows([index])) for index in range(len(group))]
        memories = [self._judged(sequence, entry) for sequence, entry in zip(group, entries, strict=True)]
        full = [index for index, memory in enumerate(memories) if not memory.skipped[-1]]
        passed = iter(_full_pass(model, batch.rows(full)) if full else ())
        velocities = []
        for index, (entry, memory) in enumerate(zip(entries, memories, strict=True)):
            if memory.skipped[-1]:
                velocities.append(_reused(model, entry, memory.contribution))
                continue
            velocity, hidden = next(passed)
            velocities.append(velocity)
            memories[index] = replace(memory, contribution=hidden - entry.hidden)
        for sequence, memory in zip(group, memories, strict=True):
            sequence.memory = memory
        return torch.cat(velocities)

    def _judged(self, sequence: "Sequence", entry: _Entry) -> StepMemory:
        """Return the sequence's memory with the decision about this step."""
        memory = sequence.memory
        if memory.signal is None:
            return StepMemory(entry.signal, changes=(0.0,), skipped=(False,))
        change = float((entry.signal - memory.signal).abs().mean() / memory.signal.abs().mean())
        skips, drift = self.policy.judge(memory.drift, change, sequence.step, sequence.request.steps)
        return replace(
            memory,
            signal=entry.signal,
            drift=drift,
            changes=(*memory.changes, change),
            skipped=(*memory.skipped, skips),
        )


def _entry(model: "FluxModel", row: "Batch") -> _Entry:
    transformer = model.transformer
    hidden = transformer.x_embedder(row.latents)
    times = model.timesteps(row.sigmas, row.latents.dtype) * 1000
    scales = (row.guidance.to(hidden.dtype) * 1000,) if model.takes_guidance else ()
    modulation = transformer.time_text_embed(times, *scales, row.pooled)
    return _Entry(hidden, modulation, transformer.transformer_blocks[0].norm1(hidden, emb=modulation)[0])


def _full_pass(model: "FluxModel", batch: "Batch") -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return for each row its velocity (1, t, c) and its image tokens behind the last block (1, t, d)."""
    seen: list[torch.Tensor] = []
    hook = model.transformer.norm_out.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    try:
        velocity = model.velocity(batch)
    finally:
        hook.remove()
    return [(velocity[row : row + 1], seen[0][row : row + 1]) for row in range(len(velocity))]


def _reused(model: "FluxModel", entry: _Entry, contribution: torch.Tensor | None) -> torch.Tensor:
    """Return the velocity (1, t, c) that follows if the blocks add what they added the last time."""
    hidden = entry.hidden if contribution is None else entry.hidden + contribution
    hidden = model.transformer.norm_out(hidden, entry.modulation)
    return model.transformer.proj_out(hidden)  # type: ignore[no-any-return]
