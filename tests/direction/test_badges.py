from collections.abc import Iterator

import pytest

from blazon.brief import Brief, LayoutKind, MarkKind
from blazon.design import BadgePlan, Design, FrameShape, Ornament
from blazon.direction.direct import direct
from blazon.draw.artwork import Materials, draw
from blazon.draw.emblems import plan_of
from blazon.reading.fields import apply_fields
from blazon.reading.reader import BriefReader

MATERIALS = Materials.open()
READER = BriefReader(MATERIALS.symbols)
BRIEFS = [
    ("Harbour Lane Brewing", "craft brewery by the sea", "1987"),
    ("Northpeak", "shop for outdoor gear", ""),
    ("St Mary's Primary School", "primary school", ""),
    ("Gentry", "barber shop", "Est. 1921"),
    ("Io", "football club", "1921"),
    ("Bundesverband Deutscher Imker", "association of beekeepers", ""),
    ("דניאל", "bakery", ""),
]


def badges(name: str, prompt: str, established: str = "", **fields: object) -> Iterator[Design]:
    brief = Brief(prompt, brand_name=name, mark=MarkKind.BADGE, established=established, **fields)  # type: ignore[arg-type]
    return direct(brief, apply_fields(READER.read(brief), brief, MATERIALS.symbols), MATERIALS)


@pytest.mark.parametrize(("name", "prompt", "established"), BRIEFS)
@pytest.mark.parametrize("seed", range(3))
def test_the_badges_of_a_set_have_different_plans(name: str, prompt: str, established: str, seed: int) -> None:
    designs = list(badges(name, prompt, established, seed=seed))
    assert all(design.layout is LayoutKind.EMBLEM for design in designs)
    assert len({design.badge for design in designs}) == (2 if len(name) > 25 else 4)


@pytest.mark.parametrize(("name", "prompt", "established"), BRIEFS)
def test_badges_have_room_for_the_name(name: str, prompt: str, established: str) -> None:
    for design in badges(name, prompt, established, count=8):
        left_out = draw(design, MATERIALS).left_out
        assert not left_out, (design.badge, left_out)


@pytest.mark.parametrize(
    ("wish", "shapes"),
    [
        ("circular badge", {FrameShape.CIRCLE, FrameShape.BADGE}),
        ("shield emblem", {FrameShape.SHIELD}),
        ("hexagonal badge", {FrameShape.HEXAGON}),
    ],
)
def test_a_shape_that_is_asked_for_is_in_every_badge(wish: str, shapes: set[FrameShape]) -> None:
    designs = list(badges("Clay & Co", f"pottery studio, {wish}"))
    assert {design.frame for design in designs} <= shapes
    assert {plan_of(design.badge, design.frame) for design in designs} <= {
        BadgePlan.RING,
        BadgePlan.RIBBON,
        BadgePlan.CHIEF,
        BadgePlan.CREST,
        BadgePlan.PLATE,
    }


def test_without_a_date_no_mark_is_flanked() -> None:
    plans = {design.badge for seed in range(8) for design in badges("Gentry", "barber shop", seed=seed)}
    assert BadgePlan.FLANKED not in plans
    assert len(plans) >= 6


def test_letters_that_join_are_not_bent() -> None:
    for seed in range(12):
        plans = {design.badge for design in badges("مقهى النور", "coffee house", seed=seed)}
        assert not plans & {BadgePlan.RING, BadgePlan.ARCH}


@pytest.mark.parametrize(
    ("avoid", "shapes"), [("circles", {FrameShape.CIRCLE, FrameShape.BADGE}), ("shield", {FrameShape.SHIELD})]
)
def test_a_shape_that_is_avoided_is_in_no_badge(avoid: str, shapes: set[FrameShape]) -> None:
    for seed in range(6):
        for design in badges("Clay & Co", "football club", seed=seed, avoid=avoid):
            framed = design.badge not in (BadgePlan.OVAL, BadgePlan.ARCH, BadgePlan.WREATH)
            assert not (framed and design.frame in shapes), design.badge


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("name", "prompt"), [("Biscuit", "a bakery"), ("Wrenfield", "an organic farm shop")])
def test_no_name_stands_twice_in_a_ring_and_a_short_one_is_in_none(name: str, prompt: str, seed: int) -> None:
    for design in badges(name, prompt, seed=seed):
        assert design.ornament is not Ornament.REPEAT
        assert design.badge is not BadgePlan.RING or len(name) > 8
