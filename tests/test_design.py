import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import LayoutKind
from blazon.design import (
    ColourScheme,
    Design,
    FrameShape,
    GeometricMark,
    LetterCase,
    LetterformMark,
    SymbolMark,
    Treatment,
    Typeface,
)
from blazon.errors import InvalidDesign

text = st.text(max_size=20)
colour = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
marks = st.one_of(
    st.none(),
    st.builds(SymbolMark, symbol=text),
    st.builds(LetterformMark, initials=text, construction=text, family=text, weight=st.integers(100, 900)),
    st.builds(GeometricMark, family=text, variant=st.integers(0, 99)),
)
typefaces = st.builds(Typeface, text, st.integers(100, 900), st.sampled_from(LetterCase), st.floats(-50, 200))
schemes = st.builds(ColourScheme, *[colour] * 6, palette=st.lists(colour, max_size=5).map(tuple))
designs = st.builds(
    Design,
    title=text,
    layout=st.sampled_from(LayoutKind),
    mark=marks,
    colours=schemes,
    treatment=st.sampled_from(Treatment),
    frame=st.none() | st.sampled_from(FrameShape),
    brand_name=text,
    slogan=text,
    name_type=st.none() | typefaces,
    slogan_type=st.none() | typefaces,
    seed=st.integers(0, 2**32 - 1),
    credits=st.lists(text, max_size=2).map(tuple),
)


@given(designs)
def test_a_design_survives_json(design: Design) -> None:
    assert Design.from_dict(json.loads(json.dumps(design.to_dict()))) == design


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"layout": "spiral"},
        {"mark": {"kind": "photo"}},
        {"colours": {}},
        {"extra": 1},
        {"frame": "heart"},
    ],
)
def test_what_is_no_design_is_refused(change: dict[str, object]) -> None:
    design = Design("x", LayoutKind.SYMBOL, SymbolMark("a:b"), ColourScheme(*["#000000"] * 6))
    with pytest.raises(InvalidDesign):
        Design.from_dict({**design.to_dict(), **change})


def test_a_design_with_a_field_missing_is_refused() -> None:
    with pytest.raises(InvalidDesign):
        Design.from_dict({"format": 1})
