from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import Brief
from blazon.direction.colours import main_family
from blazon.direction.direct import direct_places
from blazon.direction.scheme_variants import vary_scheme
from blazon.direction.trade_palettes import PALETTES, harmony
from blazon.draw.artwork import Materials
from blazon.draw.palette import MIN_CONTRAST, Ground, contrast, scheme
from blazon.reading.reading import Colour, NamePart, Reading

BRIEF = Brief("a bakery", brand_name="Holt")
RED = Colour("red", "#d62839")


@given(st.sampled_from(sorted(PALETTES)), st.sampled_from(Ground))
def test_other_schemes_keep_family_and_contrast_and_differ(name: str, ground: Ground) -> None:
    colours = scheme(harmony(name), ground)
    found = vary_scheme(colours)
    assert len({colours, *found}) == len(found) + 1
    for one in found:
        assert main_family(one) is main_family(colours)
        assert contrast(one.name, one.paper) >= 4.5
        assert all(contrast(ink, one.paper) >= MIN_CONTRAST for ink in (one.mark, one.accent, one.slogan))


def test_most_palettes_can_be_spent_in_another_way() -> None:
    varied = [bool(vary_scheme(scheme(harmony(name), Ground.WHITE))) for name in PALETTES]
    assert sum(varied) >= 0.6 * len(varied)


def test_a_given_palette_is_kept_whole() -> None:
    assert vary_scheme(replace(scheme(harmony("navy"), Ground.WHITE), palette=("#14284b", "#ffffff"))) == ()


@pytest.mark.parametrize(
    ("brief", "reading", "free"),
    [
        (BRIEF, Reading(), True),
        (replace(BRIEF, palette="warm"), Reading(), True),
        (replace(BRIEF, palette="red, blue"), Reading(), False),
        (BRIEF, Reading(colours=(RED,)), False),
        (BRIEF, Reading(colours_avoided=(RED,)), False),
        (BRIEF, Reading(name_colours=(NamePart(0, RED),)), False),
    ],
)
def test_alternatives_vary_colours_only_where_the_brief_leaves_them_free(
    brief: Brief, reading: Reading, free: bool, materials: Materials
) -> None:
    varied = set()
    for seed in range(3):
        read = replace(reading, topic=brief.prompt, name=brief.brand_name)
        for first, *others in direct_places(replace(brief, seed=seed), read, materials):
            varied |= {other.colours != first.colours for other in others}
    assert (True in varied) is free
