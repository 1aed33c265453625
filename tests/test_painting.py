from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from blazon.brief import Brief, LayoutKind
from blazon.cancellation import Cancellation, WorkCancelled
from blazon.diffusion.catalogue.specs import Capabilities, ModelSpec, describe
from blazon.diffusion.registry import ModelState
from blazon.diffusion.sampling.sequence import DiffusionRequest, Progress, RequestCancelled, Ticket
from blazon.errors import GenerationFailed, InvalidBrief
from blazon.flux_front import PaintOptions
from blazon.models import LoadState
from blazon.painting import FluxStudio
from blazon.safety import SafetyResult
from blazon.watching import Watch

PAPER = (250, 244, 236)


class FakeEngine:
    """Paints a red disc on cream paper, and remembers what it was asked for."""

    name, load = "engine", (0, 0)
    capabilities = Capabilities(mixed_batching=True, previews=True, cancel=True, guidance=True, loras=True)

    adapters = SimpleNamespace(names=("ink", "wash"))

    def __init__(self) -> None:
        self.asked: list[DiffusionRequest] = []

    def submit(self, request: DiffusionRequest, *_: object, **__: object) -> Ticket:
        self.asked.append(request)
        y, x = np.mgrid[: request.height, : request.width]
        disc = (x - request.width / 2) ** 2 + (y - request.height / 2) ** 2 < (request.width / 3) ** 2
        pixels = np.where(disc[..., None], np.uint8((200, 20, 20)), np.uint8(PAPER)).astype(np.uint8)
        ticket = Ticket(request)
        ticket.succeed(pixels)
        return ticket


class Models:
    def __init__(self, engine: object) -> None:
        self.specs: dict[str, ModelSpec] = {name: describe(f"owner/{name}", name) for name in ("a", "b")}
        self.specs["dev"] = describe("black-forest-labs/FLUX.1-dev", "dev")
        self.specs["turbo"] = describe("baidu/ERNIE-Image-Turbo", "turbo")
        self.engine = engine
        self.acquired: list[str] = []

    def adapters(self) -> dict[str, object]:
        return {}

    @contextmanager
    def acquire(self, name: str, deadline: float | None = None, watch: Watch | None = None) -> Iterator[object]:
        assert deadline is not None
        assert watch is not None
        self.acquired.append(name)
        yield self.engine

    def state(self, name: str) -> ModelState:
        return ModelState(LoadState.FAILED, f"{name} is of straw")


class Monitor:
    def report(self) -> dict[str, object]:
        return {"gpu_available": False, "device_type": "cpu"}


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


def studio(engine: object, **options: object) -> FluxStudio:
    return FluxStudio(Models(engine), "a", PaintOptions(smallest=64, largest=256, **options), Monitor())  # type: ignore[arg-type]


def drawn(studio: FluxStudio, brief: Brief, number: int = 0) -> Image.Image:
    logo = studio.candidate(brief, number, Watch())
    assert (logo.media_type, logo.painted) == ("image/png", True)
    return Image.open(BytesIO(logo.content))


def test_a_mark_is_painted_from_the_enhanced_prompt_at_the_working_resolution(engine: FakeEngine) -> None:
    picture = drawn(studio(engine), Brief("a fox", seed=9, size=100))
    (request,) = engine.asked
    assert request.prompt.startswith("a fox, professional logo design")
    assert (request.width, request.height, request.seed) == (112, 112, 9)
    assert picture.size == (112, 112)


def test_steps_and_guidance_are_the_models_own_unless_they_are_set(engine: FakeEngine) -> None:
    spec = describe("owner/a", "a")
    drawn(studio(engine), Brief("a fox"))
    drawn(studio(engine, steps=3, guidance=0.5), Brief("a fox"))
    assert [(request.steps, request.guidance) for request in engine.asked] == [
        (spec.usual_steps, spec.usual_guidance),
        (3, 0.5),
    ]


def test_a_negative_prompt_is_the_models_to_follow(engine: FakeEngine) -> None:
    for brief in (Brief("a fox", negative_prompt="blur"), Brief("a fox")):
        studio(engine).check(brief)
        drawn(studio(engine), brief)
    assert [request.negative_prompt for request in engine.asked] == ["blur", ""]
    with pytest.raises(InvalidBrief, match=r"has no effect on a with guidance 0\.5"):
        studio(engine, guidance=0.5).check(Brief("a fox", negative_prompt="blur"))


def test_guidance_that_turns_out_to_have_no_effect_is_told(engine: FakeEngine) -> None:
    guided = Brief("a fox", guidance=5.0)
    assert studio(engine).candidate(guided, 0, Watch()).warnings == ()
    engine.capabilities = replace(engine.capabilities, guidance=False)
    assert studio(engine).candidate(Brief("a fox"), 0, Watch()).warnings == ()
    (warning,) = studio(engine).candidate(guided, 0, Watch()).warnings
    assert warning == "The guidance of 5 had no effect: a takes none."


def test_a_distilled_model_is_guided_by_nobody(engine: FakeEngine) -> None:
    studio = FluxStudio(Models(engine), "turbo", PaintOptions(smallest=64, largest=256, guidance=5.0), Monitor())
    drawn(studio, Brief("a fox"))
    assert [request.guidance for request in engine.asked] == [1.0]
    with pytest.raises(InvalidBrief, match="guidance: has no effect on turbo"):
        studio.check(Brief("a fox", guidance=5.0))


def test_what_is_refused_is_no_ability_of_a_loaded_model(engine: FakeEngine) -> None:
    class Loaded(Models):
        def state(self, name: str) -> ModelState:  # noqa: ARG002 - as the registry has it
            return ModelState(LoadState.LOADED, "", replace(engine.capabilities, negative_prompt=True))

    cards = FluxStudio(Loaded(engine), "turbo", PaintOptions(smallest=64, largest=256), Monitor()).models()
    able = {card.name: card.abilities for card in cards}
    assert able["turbo"] == ("batching", "previews", "cancel", "loras")
    assert able["a"] == ("batching", "previews", "cancel", "guidance", "negative_prompt", "loras")


def test_a_picture_that_is_nearly_drawn_lets_others_begin(engine: FakeEngine) -> None:
    told: list[str] = []
    submit = engine.submit

    def step(request: DiffusionRequest, listener: Callable[[Progress], None], **how: object) -> Ticket:
        for number in range(1, 5):
            told.append(str(number))
            listener(Progress(number, 4))
        return submit(request)

    engine.submit = step  # type: ignore[assignment,method-assign]
    studio(engine).candidate(Brief("a fox"), 0, Watch(make_room=lambda: told.append("room")))
    assert told == ["1", "2", "3", "room", "4", "room"]


def test_candidates_differ_by_their_seed(engine: FakeEngine) -> None:
    brief = Brief("a fox", seed=2**32 - 1, count=3)
    logos = [studio(engine).candidate(brief, number, Watch()) for number in range(3)]
    assert [request.seed for request in engine.asked] == [logo.seed for logo in logos] == [2**32 - 1, 0, 1]


def test_each_candidate_is_had_alone_by_its_seed_or_its_place(engine: FakeEngine) -> None:
    brief = Brief("a fox", brand_name="Reynard", seed=2**32 - 2, count=3)
    whole = [studio(engine).candidate(brief, number, Watch()) for number in range(3)]
    for number, logo in enumerate(whole):
        by_seed = replace(brief, count=1, seed=logo.seed)
        by_place = replace(brief, count=1, first=number)
        for alone in (by_seed, by_place):
            assert studio(engine).candidate(alone, 0, Watch()).content == logo.content


def test_loras_are_those_of_the_request_or_all_that_are_set(engine: FakeEngine) -> None:
    both = studio(engine, loras=(("ink", 0.8), ("for another model", 1.0), ("wash", 1.0)))
    drawn(both, Brief("a fox"))
    drawn(both, Brief("a fox", loras=(("ink", 0.2),)))
    drawn(both, Brief("a fox", loras=()))
    assert [request.loras for request in engine.asked] == [(("ink", 0.8), ("wash", 1.0)), (("ink", 0.2),), ()]


@pytest.mark.parametrize("layout", [None, *LayoutKind])
def test_the_name_is_set_in_type_on_the_paper_that_was_painted(engine: FakeEngine, layout: LayoutKind | None) -> None:
    alone = drawn(studio(engine), Brief("a fox"))
    named = drawn(studio(engine), Brief("a fox", brand_name="Reynard", layout=layout))
    assert named.size == alone.size
    assert named.getpixel((1, 1)) == PAPER
    dark = sum(sum(pixel) < 150 for pixel in named.get_flattened_data())
    assert (dark > 100) == (layout is not LayoutKind.SYMBOL)
    red = sum(pixel[0] > 150 and pixel[1] < 90 for pixel in named.get_flattened_data())
    assert (red > 100) == (layout is not LayoutKind.WORDMARK)


OWN = '{"kind": "outline", "parts": [{"ink": "mark", "colour": "#c1121f", "data": "M0 0L900 0L900 900Z"}]}'


def test_a_brief_may_ask_for_the_vector_engine_or_another_model(engine: FakeEngine) -> None:
    flux = studio(engine)
    for brief, model, painted in (
        (Brief("a fox", engine="vector"), "blazon/vector-1", False),  # type: ignore[arg-type]
        (Brief("a fox", model="blazon/vector-1"), "blazon/vector-1", False),
        (Brief("a fox", own_mark=OWN), "blazon/vector-1", False),
        (Brief("a fox", model="b"), "owner/b", True),
        (Brief("a fox"), "owner/a", True),
    ):
        flux.check(brief)
        logo = flux.candidate(brief, 0, Watch())
        assert (flux.card_of(brief).identifier, logo.model, logo.painted) == (model, model, painted)


@pytest.mark.parametrize(
    ("brief", "complaint"),
    [
        (Brief("a fox", model="c"), "model: 'c' is not one of a, b, dev, turbo, blazon/vector-1"),
        (Brief("a fox", negative_prompt="blur", model="dev"), "negative_prompt: cannot be told to dev"),
        (
            Brief("a fox", negative_prompt="blur", guidance=1.0),
            "negative_prompt: has no effect on a with guidance 1; leave it out or raise guidance",
        ),
        (Brief("a fox", engine="vector", steps=3), "steps: is for diffusion models"),  # type: ignore[arg-type]
        (Brief("a fox", brand_name="ᚠᛟᚲᛋ"), "brand_name: .*U\\+16A0"),
    ],
)
def test_what_cannot_be_painted_is_refused_at_once(engine: FakeEngine, brief: Brief, complaint: str) -> None:
    with pytest.raises(InvalidBrief, match=complaint):
        studio(engine).check(brief)
    assert engine.asked == []


def test_giving_up_cancels_the_painting() -> None:
    class Slow(FakeEngine):
        def submit(self, request: DiffusionRequest, *_: object, **__: object) -> Ticket:
            ticket = Ticket(request)
            given_up.cancel()
            assert not ticket.cancelled
            ticket.fail(RequestCancelled())
            return ticket

    given_up = Cancellation()
    with pytest.raises(WorkCancelled):
        studio(Slow()).candidate(Brief("a fox"), 0, Watch(given_up))


def test_a_picture_that_the_check_finds_unsafe_is_withheld(engine: FakeEngine) -> None:
    class Strict:
        def judge(self, picture: Image.Image) -> SafetyResult:
            assert picture.mode == "RGB"
            return SafetyResult(unsafe=True, labels=("EXPOSED",))

    censored = FluxStudio(Models(engine), "a", PaintOptions(smallest=64, largest=256), Monitor(), Strict())  # type: ignore[arg-type]
    with pytest.raises(GenerationFailed, match="withheld by the check for nudity"):
        censored.candidate(Brief("a fox"), 0, Watch())
