from itertools import combinations

import pytest

from blazon.brief import Brief, LayoutKind, Palette
from blazon.design import ColourScheme
from blazon.draw.artwork import Artwork
from blazon.draw.curves import combine_paths
from blazon.draw.given_colours import carriers
from blazon.draw.hues import family_of
from blazon.draw.outline import Box, Ink, Layer, circle, inked_area, intersect_paths, layer_bounds, rectangle
from blazon.draw.palette_coverage import show_palette
from blazon.studio import Studio

STUDIO = Studio.open()
PALETTES = [
    "#14284b #d62839",
    "#1f5138 #dcb650",
    "#6d1a36 #fffdd0",
    "#0047ab #ffffff #e8590c",
    "#606c38 #283618 #dda15e",
    "#003049 #d62828 #f77f00 #fcbf49",
    "#0d1b2a #1b263b #778da9 #e0e1dd",
    "#264653 #2a9d8f #e9c46a #f4a261 #e76f51",
    "#14284b #d62839 #f4a261 #2a9d8f #fefae0",
]


def shares(artwork: Artwork) -> dict[str, float]:
    """Return the share of each colour of the inked area."""
    areas: dict[str, float] = {}
    for layer in artwork.layers:
        colour = getattr(artwork.colours, layer.ink)
        areas[colour] = areas.get(colour, 0.0) + inked_area(layer.path)
    areas.pop(artwork.colours.paper, None)
    total = sum(areas.values())
    return {colour: area / total for colour, area in areas.items()}


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("layout", [None, *LayoutKind])
@pytest.mark.parametrize("seed", [1, 2])
def test_all_colours_of_a_palette_are_seen(palette: str, layout: LayoutKind | None, seed: int) -> None:
    wanted = tuple(palette.split())
    brief = Brief(
        "a school of design", brand_name="Hale Morton", palette=Palette(colours=wanted), layout=layout, seed=seed
    )
    for logo in STUDIO.generate(brief):
        seen = shares(logo.artwork)
        assert set(seen) <= {*wanted, *carriers(wanted)}
        for colour in set(wanted) - {logo.design.colours.paper}:
            assert seen.get(colour, 0.0) > 0.02, (logo.design.layout, logo.design.treatment, colour)


SCHEME = ColourScheme(
    "#14284b", "#d62839", "#f4a261", "#14284b", "#2a9d8f", "#fefae0",
    palette=("#14284b", "#d62839", "#f4a261", "#2a9d8f", "#fefae0"),
)  # fmt: skip
MARK = Layer(circle((500, 400), 300), Ink.MARK)
NAME = Layer(combine_paths(rectangle(Box(x, 760, x + 70, 860)) for x in range(200, 800, 100)), Ink.NAME)


@pytest.mark.parametrize("layout", LayoutKind)
def test_parts_in_other_inks_are_cut_apart_and_nothing_is_lost(layout: LayoutKind) -> None:
    layers = (NAME,) if layout is LayoutKind.WORDMARK else (MARK, NAME)
    shown = show_palette(layers, SCHEME, layout)
    for one, other in combinations(shown, 2):
        assert inked_area(intersect_paths(one.path, other.path)) < 1
    before = sum(inked_area(layer.path) for layer in layers)
    inside = layer_bounds(layers)
    kept = sum(inked_area(intersect_paths(layer.path, rectangle(inside))) for layer in shown)
    assert kept > 0.93 * before
    assert {layer.ink for layer in shown} >= {Ink.ACCENT, Ink.TINT, Ink.SLOGAN}


def test_a_scheme_without_a_palette_is_left_as_it_is() -> None:
    plain = ColourScheme("#14284b", "#d62839", "#f4a261", "#14284b", "#2a9d8f", "#fefae0")
    assert show_palette((MARK, NAME), plain, LayoutKind.STACKED) == (MARK, NAME)


@pytest.mark.parametrize("wish", ["blue and orange", "crimson and cream", "navy, gold and cream", "black and yellow"])
def test_colours_of_a_prompt_are_seen_too(wish: str) -> None:
    for seed in range(3):
        brief = Brief(f"surf school, {wish}", brand_name="Ericeira", seed=seed)
        wanted = {colour.value for colour in STUDIO.read(brief).colours}
        for logo in STUDIO.generate(brief):
            seen = shares(logo.artwork)
            for colour in wanted:
                # One that cannot be read beside the other is a shade of it.
                share = sum(part for other, part in seen.items() if family_of(other) is family_of(colour))
                on_paper = family_of(colour) is family_of(logo.design.colours.paper)
                assert share > 0.02 or on_paper, (seed, logo.design.layout, colour)
