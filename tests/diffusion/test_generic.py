import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from _tiny_families import make_tiny_klein, make_tiny_qwen_image, make_tiny_z_image
from _tiny_loading import make_tiny_ideogram4
from _tiny_others import make_tiny_pixart, make_tiny_sd3, make_tiny_sdxl
from diffusers import (
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    FlowMatchLCMScheduler,
    Flux2KleinPipeline,
    FluxPipeline,
    HeunDiscreteScheduler,
    QwenImagePipeline,
    ZImagePipeline,
)
from structlog.testing import capture_logs

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.sampling.foresight import Foresight
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest, Progress, RequestCancelled
from blazon.errors import DeadlineExceeded, EngineStopped, GenerationFailed, InvalidBrief, ModelUnavailable

REQUEST = DiffusionRequest("a coffee roastery by the sea", 64, 32, steps=4, guidance=3.0, seed=11)
WAIT = 60


@pytest.fixture(scope="module")
def klein() -> Flux2KleinPipeline:
    return make_tiny_klein(distilled=False)


@pytest.fixture(scope="module")
def z_image() -> ZImagePipeline:
    return make_tiny_z_image()


@pytest.fixture(scope="module")
def qwen_image() -> QwenImagePipeline:
    return make_tiny_qwen_image()


Running = Callable[..., GenericEngine]


@pytest.fixture
def running() -> Iterator[Running]:
    engines = []

    def run(pipeline: Any, **options: Any) -> GenericEngine:
        engine = GenericEngine(pipeline, name="tiny", **options)
        engines.append(engine)
        engine.start()
        return engine

    yield run
    for engine in engines:
        engine.stop()


def generator(request: DiffusionRequest) -> torch.Generator:
    return torch.Generator("cpu").manual_seed(request.seed)


def apart(one: Bitmap, other: Bitmap) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


@pytest.mark.parametrize(
    ("kind", "guidance"),
    [
        ("klein", {"guidance_scale": 3.0}),
        ("z_image", {"guidance_scale": 3.0}),
        ("qwen_image", {"true_cfg_scale": 3.0, "negative_prompt": " "}),
    ],
)
def test_a_pipeline_draws_as_by_its_own_call(
    kind: str, guidance: dict[str, Any], running: Running, request: pytest.FixtureRequest
) -> None:
    pipeline = request.getfixturevalue(kind)
    drawn = running(pipeline).submit(REQUEST).result(WAIT)
    expected = pipeline(
        prompt=REQUEST.prompt,
        height=REQUEST.height,
        width=REQUEST.width,
        num_inference_steps=REQUEST.steps,
        generator=generator(REQUEST),
        output_type="np",
        **guidance,
    ).images[0]
    assert drawn.shape == (32, 64, 3)
    assert drawn.std() > 0
    assert apart(drawn, (expected * 255).round()) == 0


@pytest.mark.parametrize(("kind", "parameter"), [("z_image", "guidance_scale"), ("qwen_image", "true_cfg_scale")])
def test_a_negative_prompt_is_that_of_the_pipelines_own_call(
    kind: str, parameter: str, running: Running, request: pytest.FixtureRequest
) -> None:
    pipeline = request.getfixturevalue(kind)
    engine, avoiding = running(pipeline), replace(REQUEST, negative_prompt="snow")
    assert engine.capabilities.negative_prompt
    drawn = engine.submit(avoiding).result(WAIT)
    own = pipeline(
        REQUEST.prompt, height=32, width=64, num_inference_steps=4, generator=generator(REQUEST), output_type="np",
        negative_prompt="snow", **{parameter: 3.0},
    ).images[0]  # fmt: skip
    assert apart(drawn, (own * 255).round()) == 0
    assert apart(drawn, engine.submit(REQUEST).result(WAIT)) > 0
    with pytest.raises(InvalidBrief, match="negative_prompt: has no effect on tiny with guidance 0"):
        engine.submit(replace(avoiding, guidance=0.0))


@pytest.mark.parametrize(("kind", "options"), [("klein", {}), ("z_image", {"guidance": 0.0})])
def test_a_negative_prompt_that_a_model_never_reads_is_refused(
    kind: str, options: dict[str, float], running: Running, request: pytest.FixtureRequest
) -> None:
    engine = running(request.getfixturevalue(kind), **options)
    assert not engine.capabilities.negative_prompt
    with pytest.raises(InvalidBrief, match="negative_prompt: cannot be told to tiny"):
        engine.submit(replace(REQUEST, negative_prompt="snow"))


@pytest.mark.parametrize("kind", ["klein", "z_image", "qwen_image"])
def test_seed_steps_and_guidance_have_an_effect(kind: str, running: Running, request: pytest.FixtureRequest) -> None:
    engine = running(request.getfixturevalue(kind))
    drawn = engine.submit(REQUEST).result(WAIT)
    assert apart(engine.submit(REQUEST).result(WAIT), drawn) == 0
    for change in ({"seed": 12}, {"steps": 2}, {"guidance": 12.0}, {"prompt": "an owl"}):
        assert apart(engine.submit(replace(REQUEST, **change)).result(WAIT), drawn) > 0, change


@pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")
@pytest.mark.parametrize(
    ("scheduler", "options"),
    [
        (FlowMatchEulerDiscreteScheduler, {"stochastic_sampling": True}),
        (FlowMatchLCMScheduler, {}),
        (DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++", "use_flow_sigmas": True}),
    ],
)
@pytest.mark.parametrize("callback", [True, False])
def test_the_noise_of_steps_follows_from_the_seed_where_a_call_hands_on_no_generator(
    scheduler: Any, options: dict[str, Any], callback: bool, running: Running
) -> None:
    pipeline = make_tiny_sd3()
    pipeline.scheduler = scheduler(**options)
    for encoder in (pipeline.text_encoder, pipeline.text_encoder_2, pipeline.text_encoder_3):
        encoder.eval()  # as what is loaded is
    engine = running(pipeline)
    if not callback:
        engine._parameters = {name: one for name, one in engine._parameters.items() if not name.startswith("callback")}
    first, other, again = (
        engine.submit(replace(REQUEST, height=64, seed=seed), lambda _progress: None).result(WAIT) for seed in (1, 2, 1)
    )
    assert apart(first, again) == 0
    assert apart(first, other) > 0
    assert "step" not in vars(pipeline.scheduler)


@pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")
@pytest.mark.parametrize(("steps", "told"), [(4, [1, 2, 2, 3, 3, 4, 4]), (1, [1])])
def test_a_step_of_two_passes_is_told_as_one(steps: int, told: list[int], running: Running) -> None:
    pipeline, seen = make_tiny_sdxl(), list[Progress]()
    pipeline.scheduler = HeunDiscreteScheduler.from_config(pipeline.scheduler.config)
    running(pipeline).submit(replace(REQUEST, width=64, height=64, steps=steps), seen.append).result(WAIT)
    assert [(progress.step, progress.steps) for progress in seen] == [(step, steps) for step in told]


def test_a_shift_of_null_counts_as_none(running: Running) -> None:
    pipeline = make_tiny_z_image()
    pipeline.vae.register_to_config(shift_factor=0.0)
    expected = running(pipeline).submit(REQUEST).result(WAIT)
    pipeline.vae.register_to_config(shift_factor=None)
    assert apart(running(pipeline).submit(REQUEST).result(WAIT), expected) == 0


@pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")
def test_a_pipeline_without_a_callback_is_followed_by_its_scheduler(running: Running) -> None:
    pipeline, seen = make_tiny_pixart(), list[Progress]()
    pipeline.text_encoder.eval()  # as from_pretrained leaves it
    pipeline.transformer.eval()
    engine = running(pipeline)
    assert engine.capabilities.cancel
    drawn = engine.submit(REQUEST, seen.append).result(WAIT)
    assert [progress.step for progress in seen] == [1, 2, 3, 4]
    own = pipeline(
        REQUEST.prompt, height=32, width=64, num_inference_steps=4, guidance_scale=3.0, generator=generator(REQUEST),
        output_type="np",
    ).images[0]  # fmt: skip
    assert apart(drawn, (own * 255).round()) == 0
    tickets: list[Any] = []
    after: list[int] = []

    def stop(progress: Progress) -> None:
        after.append(progress.step)
        tickets[0].cancel()

    gate = threading.Event()
    tickets.append(engine.submit(replace(REQUEST, steps=50), lambda progress: gate.wait(WAIT) and stop(progress)))
    gate.set()
    with pytest.raises(RequestCancelled):
        tickets[0].result(WAIT)
    assert after == [1]


def test_a_model_with_one_guidance_ignores_that_of_the_request(running: Running, z_image: ZImagePipeline) -> None:
    engine = running(z_image, guidance=0.0)
    assert not engine.capabilities.guidance
    one, other = (engine.submit(replace(REQUEST, guidance=scale)).result(WAIT) for scale in (0.0, 9.0))
    assert apart(one, other) == 0


def test_flux_draws_the_same_as_in_the_step_engine(dev_pipeline: FluxPipeline, running: Running) -> None:
    model = Flux1(dev_pipeline, name="tiny", device=torch.device("cpu"), max_tokens=512)
    native = StepEngine(model, EngineLimits())
    native.start()
    expected = native.submit(REQUEST).result(WAIT)
    native.stop()
    assert apart(running(dev_pipeline).submit(REQUEST).result(WAIT), expected) <= 1


def test_capabilities_say_what_is_missing(
    klein: Flux2KleinPipeline, z_image: ZImagePipeline, qwen_image: QwenImagePipeline
) -> None:
    shown = {}
    for name, pipeline in (("klein", klein), ("z_image", z_image), ("qwen_image", qwen_image)):
        can = GenericEngine(pipeline, name=name).capabilities
        assert (can.mixed_batching, can.cancel, can.guidance, can.loras) == (False, True, True, False)
        shown[name] = can.previews
    assert shown == {"klein": False, "z_image": True, "qwen_image": False}


def test_progress_comes_for_every_step(running: Running, klein: Flux2KleinPipeline) -> None:
    seen: list[Progress] = []
    running(klein).submit(REQUEST, seen.append, previews=True).result(WAIT)
    assert [(progress.step, progress.steps) for progress in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert all(progress.preview is None for progress in seen)


@pytest.mark.parametrize(("kind", "side"), [("z_image", 2), ("dev_pipeline", 8)])
def test_previews_come_where_latents_can_be_read(
    kind: str, side: int, running: Running, request: pytest.FixtureRequest
) -> None:
    seen: list[Progress] = []
    engine = running(request.getfixturevalue(kind))
    for _ in range(2):
        engine.submit(REQUEST, seen.append, previews=True).result(WAIT)
    shapes = [progress.preview.shape if progress.preview is not None else None for progress in seen]
    assert shapes == [None, *[(32 // side, 64 // side, 3)] * 3] * 2


def test_previews_foresee_where_the_flow_leads(z_image: ZImagePipeline) -> None:
    foresight = Foresight.of(z_image)
    assert foresight is not None
    z_image.scheduler.set_timesteps(4)
    clean, noise = (torch.randn((1, 4, 16, 32), generator=torch.Generator().manual_seed(seed)) for seed in (1, 2))
    along = [(1 - sigma) * clean + sigma * noise for sigma in z_image.scheduler.sigmas]
    shown = [foresight.picture(along[step + 1], step, 32, 64) for step in range(4)]
    assert shown[0] is None
    for early in shown[1:3]:
        assert apart(early, shown[3]) <= 1


class Held:
    """A pipeline whose transformer waits before every step, until a test lets it go on."""

    def __init__(self, pipeline: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entered, self.open = threading.Semaphore(0), threading.Semaphore(0)
        self.steps = 0
        forward = pipeline.transformer.forward

        def held(*args: Any, **kwargs: Any) -> Any:
            self.steps += 1
            self.entered.release()
            assert self.open.acquire(timeout=WAIT)
            return forward(*args, **kwargs)

        monkeypatch.setattr(pipeline.transformer, "forward", held)

    def step(self) -> None:
        assert self.entered.acquire(timeout=WAIT)
        self.open.release()


UNGUIDED = replace(REQUEST, guidance=0.0, steps=50)


def test_cancelling_frees_the_engine_within_one_step(
    running: Running, z_image: ZImagePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, held = running(z_image), Held(z_image, monkeypatch)
    sent_home: list[bool] = []
    monkeypatch.setattr(z_image, "maybe_free_model_hooks", lambda: sent_home.append(True))
    ticket, waiting = engine.submit(UNGUIDED), engine.submit(UNGUIDED)
    held.step()
    assert held.entered.acquire(timeout=WAIT)
    assert engine.load == (1, 1)
    ticket.cancel()
    waiting.cancel()
    held.open.release()
    # The error keeps nothing of the call that was left: its frames hold tensors.
    assert ticket.future.exception(WAIT).__traceback__ is None  # type: ignore[union-attr]
    for cancelled in (ticket, waiting):
        with pytest.raises(RequestCancelled):
            cancelled.result(WAIT)
    assert held.steps == 2
    assert engine.load == (0, 0)
    # A model that is offloaded after use is so after a call that was left, too.
    assert sent_home == [True]
    monkeypatch.undo()
    assert engine.submit(REQUEST).result(WAIT).shape == (32, 64, 3)


def test_a_request_whose_time_is_over_stops(
    running: Running, z_image: ZImagePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, held = running(z_image), Held(z_image, monkeypatch)
    ticket = engine.submit(replace(UNGUIDED, deadline=time.monotonic() + 3600))
    assert held.entered.acquire(timeout=WAIT)
    monkeypatch.setattr(type(ticket), "expired", property(lambda _: True))
    held.open.release()
    with pytest.raises(DeadlineExceeded):
        ticket.result(WAIT)
    assert held.steps == 1


def test_stopping_settles_everything(
    running: Running, z_image: ZImagePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, held = running(z_image), Held(z_image, monkeypatch)
    tickets = [engine.submit(UNGUIDED) for _ in range(3)]
    assert held.entered.acquire(timeout=WAIT)
    stopping = threading.Thread(target=engine.stop)
    stopping.start()
    while not engine._stopping:
        time.sleep(0.001)
    held.open.release()
    stopping.join(WAIT)
    for ticket in tickets:
        with pytest.raises(EngineStopped):
            ticket.result(WAIT)
    with pytest.raises(EngineStopped):
        engine.submit(REQUEST)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"loras": (("ink", 1.0),)}, "loras"),
        ({"width": 63}, "width"),
        ({"height": 0}, "height"),
        ({"steps": 0}, "steps"),
    ],
)
def test_what_the_model_cannot_draw_is_refused(
    change: dict[str, Any], field: str, z_image: ZImagePipeline, running: Running
) -> None:
    with pytest.raises(InvalidBrief) as refusal:
        running(z_image).submit(replace(REQUEST, **change))
    assert refusal.value.field == field


def test_out_of_memory_ends_one_request_and_not_the_engine(
    running: Running, z_image: ZImagePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    engine = running(z_image)
    monkeypatch.setattr(z_image.transformer, "forward", full)
    with pytest.raises(GenerationFailed, match="memory"):
        engine.submit(REQUEST).result(WAIT)
    monkeypatch.undo()
    assert engine.submit(REQUEST).result(WAIT).shape == (32, 64, 3)


@pytest.mark.parametrize(
    ("part", "value"), [("transformer", torch.nan), ("transformer", torch.inf), ("vae", torch.nan)]
)
def test_numbers_that_are_not_finite_never_become_a_black_picture(
    part: str, value: float, running: Running, z_image: ZImagePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, seen = running(z_image), list[Progress]()
    name = "forward" if part == "transformer" else "decode"
    method = getattr(getattr(z_image, part), name)

    def overflowing(*args: Any, **kwargs: Any) -> Any:
        result = method(*args, **kwargs)[0]
        return ([piece * value for piece in result],) if part == "transformer" else (result * value,)

    monkeypatch.setattr(getattr(z_image, part), name, overflowing)
    with pytest.raises(GenerationFailed, match="not finite"):
        engine.submit(REQUEST, seen.append).result(WAIT)
    # A picture that is lost is not drawn to its end.
    assert len(seen) == (0 if part == "transformer" else REQUEST.steps)


def test_a_pipeline_that_fails_ends_one_request_and_not_the_engine(
    running: Running, z_image: ZImagePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ValueError("a shape is wrong")

    engine = running(z_image)
    monkeypatch.setattr(z_image.transformer, "forward", broken)
    with pytest.raises(GenerationFailed, match="a shape is wrong"):
        engine.submit(REQUEST).result(WAIT)
    monkeypatch.undo()
    assert engine.submit(REQUEST).result(WAIT).shape == (32, 64, 3)


def test_a_pipeline_of_another_kind_is_refused() -> None:
    class Upscaler:
        device = torch.device("cpu")

        def __call__(self, image: object) -> None: ...

    with pytest.raises(ModelUnavailable, match="Upscaler takes no prompt"):
        GenericEngine(Upscaler(), name="tiny")


@pytest.mark.parametrize(("callback", "names"), [(True, ["denoise", "decode"]), (False, ["denoise"])])
def test_the_engine_tells_of_what_a_drawing_consisted(
    callback: bool, names: list[str], running: Running, klein: Flux2KleinPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = running(klein)
    if not callback:
        monkeypatch.setattr(engine, "_parameters", {"prompt": None})
        monkeypatch.setattr(engine, "_tells_steps", False)
    ticket = engine.submit(REQUEST)
    ticket.result(WAIT)
    assert [part.name for part in ticket.parts] == names
    assert ticket.parts[0].steps == REQUEST.steps
    assert ticket.parts[0].seconds > 0
    assert engine.counters.steps == (REQUEST.steps if callback else 0)
    assert engine.counters.batch_sizes[1] == engine.counters.steps


@pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")
def test_a_number_of_steps_that_the_scheduler_does_not_take_is_of_the_request(running: Running) -> None:
    from diffusers import LCMScheduler

    pipeline = make_tiny_sdxl()
    pipeline.scheduler = LCMScheduler.from_config(pipeline.scheduler.config)
    engine = running(pipeline)
    with capture_logs() as logs, pytest.raises(InvalidBrief, match=r"in 60 with its scheduler LCMScheduler \(") as told:
        engine.submit(replace(REQUEST, width=64, height=64, steps=60)).result(WAIT)
    assert told.value.field == "steps"
    assert [line["steps"] for line in logs if line.get("exc_info")] == [60]
    assert engine.submit(replace(REQUEST, width=64, height=64)).result(WAIT).std() > 0


@pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")
def test_one_step_that_a_pipeline_takes_for_something_else_is_of_the_request(running: Running) -> None:
    from diffusers import PixArtAlphaPipeline

    sigma = make_tiny_pixart()
    engine = running(PixArtAlphaPipeline(**sigma.components))
    with pytest.raises(InvalidBrief, match=r"steps: tiny cannot draw in 1 with its scheduler DPMSolverMultistep"):
        engine.submit(replace(REQUEST, steps=1)).result(WAIT)
    assert engine.submit(replace(REQUEST, steps=2)).result(WAIT).std() > 0


def test_guidance_of_one_scale_takes_the_place_of_a_schedule() -> None:
    pipeline = make_tiny_ideogram4()
    pictures = []
    for scale in (2.0, 9.0):
        arguments = GenericEngine(pipeline, name="tiny")._make_arguments(replace(REQUEST, guidance=scale))
        # Of texts as long as by default its encoder would take seconds.
        pictures.append(pipeline(**arguments, max_sequence_length=128).images[0])
    assert np.abs(pictures[0] - pictures[1]).max() > 1e-3
