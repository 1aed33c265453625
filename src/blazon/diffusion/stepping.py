"""One step of several sequences: gathered into a batch, sent through the transformer, moved to their next sigma."""

from collections.abc import Sequence as Many
from dataclasses import dataclass

import torch

from blazon.diffusion import stepcache
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.flow_matching import euler, picture_so_far
from blazon.diffusion.sampling.sequence import Sequence, Ticket


@dataclass(frozen=True, slots=True)
class Step:
    """What a step was: the batch that went into the transformer, and the velocity (n, ...) that came out.

    Args:
        clean: the sigma at which there is no noise.
    """

    batch: Batch
    velocity: torch.Tensor
    clean: float = 0.0

    def foresee(self) -> torch.Tensor:
        """Return the clean latents (n, ...) that the step leads to, for previews."""
        return picture_so_far(self.batch.latents, self.velocity, self.batch.sigmas, self.clean)


def start_sequence(model: StepModel, ticket: Ticket, texts: Many[Conditioning], *, precise: bool = False) -> Sequence:
    """Return a request as a sequence before its first step.

    Args:
        texts: the conditionings of `model.list_prompts(ticket.request)`.
    """
    request = ticket.request
    generator = torch.Generator("cpu").manual_seed(request.seed)
    latents = model.draw_noise(generator, request.height, request.width)
    schedule, solver = model.schedule(request.steps, latents, generator)
    return Sequence(
        ticket=ticket,
        texts=tuple(texts),
        latents=latents.to(model.device, model.latents_dtype),
        schedule=schedule,
        solver=solver,
        # Here and not in every step: a copy from the host waits for the device.
        guidance=torch.tensor([request.guidance], dtype=torch.float32, device=model.device),
        positions=model.positions(request.height, request.width),
        precise=precise,
    )


def advance(model: StepModel, group: Many[Sequence]) -> Step:
    """Move sequences of one shape one step on."""
    batch, precise = gather_batch(group), group[0].precise
    model.activate(group[0].request.loras)
    if model.skip_policy is None or precise:
        velocity = model.velocity(batch, precise=precise)
    else:
        velocity = stepcache.predict_velocity(model, model.skip_policy, group, batch)
    _move(group, batch, velocity)
    return Step(batch, velocity, group[0].schedule.clean)


def _move(group: Many[Sequence], batch: Batch, velocity: torch.Tensor) -> None:
    """Take the step that follows from a velocity: all together by Euler's formula, or each by its own solver."""
    if all(sequence.solver is None for sequence in group):
        following = torch.stack([sequence.schedule.sigmas[sequence.step + 1] for sequence in group])
        moved = euler(batch.latents, velocity, batch.sigmas, following)
    for index, sequence in enumerate(group):
        row = slice(index, index + 1)
        if sequence.solver is None:
            sequence.latents = moved[row]
        else:
            sequence.latents = sequence.solver.move(velocity[row], batch.latents[row], sequence.step)
        sequence.step += 1


def gather_batch(group: Many[Sequence]) -> Batch:
    """Gather sequences of one shape into what one forward pass reads."""
    first = group[0]
    return Batch(
        latents=torch.cat([sequence.latents for sequence in group]),
        sigmas=torch.stack([sequence.schedule.sigmas[sequence.step] for sequence in group]),
        times=torch.stack([sequence.schedule.times[sequence.step] for sequence in group]),
        guidance=torch.cat([sequence.guidance for sequence in group]),
        texts=tuple(sequence.texts[0] for sequence in group),
        negatives=tuple(sequence.texts[1] if len(sequence.texts) > 1 else None for sequence in group),
        positions=first.positions,
        height=first.request.height,
        width=first.request.width,
    )
