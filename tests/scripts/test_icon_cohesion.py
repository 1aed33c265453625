import pytest
from icon_cohesion import is_scattered

from blazon.draw.artwork import Materials
from blazon.draw.composition import symbol_outline
from blazon.draw.outline import Box, circle, rectangle, subtract_paths, union


@pytest.fixture(scope="module")
def materials() -> Materials:
    return Materials.open()


EYES_AND_HORNS = union([rectangle(Box(0, 0, 300, 90)), rectangle(Box(700, 0, 1000, 90)), circle((500, 900), 60)])


def test_parts_without_a_body_are_scattered() -> None:
    assert is_scattered(EYES_AND_HORNS)
    assert not is_scattered(union([EYES_AND_HORNS, rectangle(Box(200, 50, 800, 950))]))


def test_thin_lines_that_hold_together_are_not_scattered() -> None:
    assert not is_scattered(union([subtract_paths(circle((0, 0), 500), circle((0, 0), 460))]))


def test_no_symbol_that_can_be_found_is_scattered(materials: Materials) -> None:
    """A bull of horns, eyes and a nose ring falls apart in a shield."""
    symbols = materials.symbols
    assert [
        symbol.id for symbol in symbols if symbol.quality and is_scattered(symbol_outline(symbol.id, symbols))
    ] == []


def test_what_is_scattered_is_never_found_and_still_drawn(materials: Materials) -> None:
    bull = materials.symbols.get("game-icons:bull")
    assert bull.quality == 0
    found = materials.symbols.ideas("bull", limit=20)
    assert found
    assert bull.id not in {symbol.id for idea in found for symbol in idea.symbols}
    assert materials.symbols.layers(bull)


@pytest.mark.parametrize("prompt", ["bull", "a bull for a steakhouse", "cattle ranch"])
def test_a_bull_is_found_by_other_drawings(prompt: str, materials: Materials) -> None:
    pictures = [idea.picture for idea in materials.symbols.ideas(prompt, limit=8)]
    assert {"charging bull", "taurus", "cow"} & set(pictures)
