import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.diffusion.sampling.flow_matching import (
    MULTIPLE,
    euler,
    image_ids,
    noise,
    pack,
    picture_so_far,
    read_schedule,
    render_sides,
    render_size,
    set_steps,
    shift_of,
    unpack,
)

sizes = st.integers(64, 2048)


@given(sizes)
def test_any_size_is_rendered_at_a_multiple_of_16_within_the_range(size: int) -> None:
    side = render_size(size, 512, 1408)
    assert side % MULTIPLE == 0
    assert 512 <= side <= 1408
    assert side == 512 or side >= min(size, 1408)


@pytest.mark.parametrize(
    ("size", "side"), [(64, 512), (512, 512), (513, 528), (1000, 1008), (1024, 1024), (2048, 1408)]
)
def test_the_nearest_size_that_is_large_enough_is_rendered(size: int, side: int) -> None:
    assert render_size(size, 512, 1408) == side


@given(sizes, sizes)
def test_oblong_pictures_keep_their_proportion(width: int, height: int) -> None:
    sides = render_sides(width, height, 512, 1408)
    assert all(side % MULTIPLE == 0 and side >= MULTIPLE for side in sides)
    assert max(sides) == render_size(max(width, height), 512, 1408)
    assert abs(sides[0] * height - sides[1] * width) <= MULTIPLE * max(width, height)


@given(st.integers(1, 4), st.integers(1, 8), st.integers(1, 8))
def test_packing_and_back_is_the_same_and_as_the_pipeline_packs(count: int, rows: int, columns: int) -> None:
    latents = torch.randn(count, 4, 2 * rows, 2 * columns)
    tokens = pack(latents)
    assert torch.equal(tokens, FluxPipeline._pack_latents(latents, count, 4, 2 * rows, 2 * columns))
    assert torch.equal(unpack(tokens, 16 * rows, 16 * columns), latents)
    ids = FluxPipeline._prepare_latent_image_ids(1, rows, columns, torch.device("cpu"), torch.float32)
    assert torch.equal(image_ids(16 * rows, 16 * columns), ids)


def test_noise_depends_on_the_seed_alone() -> None:
    one, same, other = (noise(torch.Generator().manual_seed(seed), 16, 64, 96) for seed in (7, 7, 8))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert one.shape == (1, 16, 8, 12)


@pytest.mark.parametrize("dynamic", [True, False])
@settings(deadline=None)
@given(steps=st.integers(1, 60), tokens=st.integers(16, 8000))
def test_a_schedule_falls_from_noise_to_picture(dynamic: bool, steps: int, tokens: int) -> None:
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=dynamic, shift=3.0)
    sigmas = read_schedule(set_steps(scheduler, steps, shift_of(tokens, scheduler.config))).sigmas
    assert len(sigmas) == steps + 1
    assert sigmas[0] == pytest.approx(1.0)
    assert sigmas[-1] == 0
    assert (sigmas.diff() < 0).all()


def test_each_of_a_batch_steps_by_its_own_sigma() -> None:
    latents, velocity = torch.randn(2, 5, 3), torch.randn(2, 5, 3)
    sigma, following = torch.tensor([1.0, 0.4]), torch.tensor([0.8, 0.0])
    stepped = euler(latents, velocity, sigma, following)
    # To the bit: near 0, the rounding of 1.0 - 0.8 counts.
    assert torch.equal(stepped[0], latents[0] + (following[0] - sigma[0]) * velocity[0])
    # A last step arrives at the picture that was foreseen.
    assert torch.equal(stepped[1], picture_so_far(latents, velocity, sigma)[1])
