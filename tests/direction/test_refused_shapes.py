from itertools import islice

import pytest

from blazon.brief import Brief, MarkKind
from blazon.design import FrameShape, GeometricMark, LetterformMark
from blazon.direction.direct import direct_places
from blazon.draw.artwork import Materials
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.reader import BriefReader


@pytest.fixture(scope="module")
def materials() -> Materials:
    return Materials.open()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["Kiln", "Blanko & Sons", "The Long Meadow Cooperative Bank"])
def test_no_circles_means_frames_badges_and_monograms_too(materials: Materials, name: str, seed: int) -> None:
    brief = Brief("pottery, no circles please", brand_name=name, seed=seed, count=8)
    reading = BriefReader(SymbolLibrary.open()).read(brief)
    assert "circle" in reading.avoid
    for design in (one for place in direct_places(brief, reading, materials) for one in place):
        assert design.frame not in (FrameShape.CIRCLE, FrameShape.BADGE)
        if isinstance(design.mark, LetterformMark):
            assert design.mark.construction not in ("circle", "ringed", "halved")
        if isinstance(design.mark, GeometricMark):
            assert design.mark.family not in ("concentric", "orbit", "overlap")


@pytest.mark.parametrize("seed", range(4))
def test_letters_that_are_refused_do_not_come_back_where_no_picture_is_left(materials: Materials, seed: int) -> None:
    prompt = "no circles, no squares, no animals, no plants, no letters"
    brief = Brief(prompt, brand_name="Nil", seed=seed, count=8)
    reading = BriefReader(SymbolLibrary.open()).read(brief)
    designs = [place[0] for place in islice(direct_places(brief, reading, materials), 8)]
    assert MarkKind.LETTERS in reading.kinds_avoided
    assert not any(isinstance(design.mark, LetterformMark) for design in designs)
    assert all(design.frame not in (FrameShape.CIRCLE, FrameShape.SQUIRCLE) for design in designs if design.badge)


def test_pictures_that_are_refused_do_not_come_back_in_a_badge(materials: Materials) -> None:
    brief = Brief("butcher, badge, no icons", brand_name="Hale", seed=2)
    reading = BriefReader(SymbolLibrary.open()).read(brief)
    kinds = {type(place[0].mark) for place in direct_places(brief, reading, materials)}
    assert kinds <= {LetterformMark, GeometricMark, type(None)}
