"""More like a logo: what is kept is kept, and the rest varies."""

from dataclasses import replace

import pytest

from blazon.brief import Brief
from blazon.design import Design, SymbolMark
from blazon.direction.variations import Likeness, Part, check_parts
from blazon.errors import InvalidBrief
from blazon.studio import Candidate, Studio

BRIEF = Brief("a coffee roastery by the sea", brand_name="Northwind Coffee", seed=7, count=4)


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio.open()


@pytest.fixture(scope="module")
def logos(studio: Studio) -> list[Candidate]:
    return studio.generate(BRIEF)


def vary(studio: Studio, design: Design, *keep: Part, seed: int = 11) -> list[Design]:
    brief = replace(BRIEF, seed=seed, like=Likeness(design, keep).to_text())
    return [one.design for one in studio.generate(brief)]


def test_the_mark_is_kept_and_type_colours_and_layout_vary(studio: Studio, logos: list[Candidate]) -> None:
    for source in (logo.design for logo in logos if logo.design.mark):
        found = vary(studio, source, Part.MARK)
        assert {one.mark for one in found} == {source.mark}
        assert len({one.colours for one in found}) > 2
        assert len({one.name_type for one in found}) > 2
        assert len({one.layout for one in found}) > 1
        assert len({*found}) == 4


def test_the_type_is_kept_and_marks_and_colours_vary(studio: Studio, logos: list[Candidate]) -> None:
    for source in (logo.design for logo in logos):
        found = vary(studio, source, Part.TYPE)
        assert {one.name_type for one in found} == {source.name_type}
        assert len({one.mark for one in found}) > 2
        assert len({one.colours for one in found}) > 2


def test_the_colours_are_kept_and_marks_and_type_vary(studio: Studio, logos: list[Candidate]) -> None:
    for source in (logo.design for logo in logos):
        found = vary(studio, source, Part.COLOURS)
        assert {one.colours for one in found} == {source.colours}
        assert len({one.name_type for one in found}) > 1
        assert len({one.mark for one in found}) > 2


def test_two_parts_are_kept(studio: Studio, logos: list[Candidate]) -> None:
    source = next(logo.design for logo in logos if logo.design.mark)
    found = vary(studio, source, Part.MARK, Part.COLOURS)
    assert {(one.mark, one.colours) for one in found} == {(source.mark, source.colours)}
    assert len({one.name_type for one in found}) > 1


def test_each_is_drawn_alone_as_in_its_set_and_again(studio: Studio, logos: list[Candidate]) -> None:
    source = next(logo.design for logo in logos if logo.design.mark)
    whole = vary(studio, source, Part.MARK)
    brief = replace(BRIEF, seed=11, count=1, first=2, like=Likeness(source, (Part.MARK,)).to_text())
    assert Studio(studio.materials).generate(brief)[0].design == whole[2]
    assert vary(studio, source, Part.MARK, seed=12) != whole


def test_credits_are_those_of_what_is_kept(studio: Studio, logos: list[Candidate]) -> None:
    credited = next(symbol for symbol in studio.materials.symbols if symbol.credit)
    source = replace(next(logo.design for logo in logos if logo.design.mark), mark=SymbolMark(credited.id))
    assert {one.credits for one in vary(studio, source, Part.MARK)} == {(credited.credit,)}


def test_what_a_design_lacks_cannot_be_kept(logos: list[Candidate]) -> None:
    name = next(logo.design for logo in logos if logo.design.mark is None)
    symbol = replace(logos[0].design, brand_name="")
    for design, keep in ((name, [Part.MARK]), (symbol, [Part.TYPE]), (name, []), (name, [*Part])):
        with pytest.raises(InvalidBrief, match="keep"):
            check_parts(design, keep)


def test_a_brief_that_is_like_nothing_is_written_as_before() -> None:
    assert "like" not in BRIEF.to_dict()
    like = replace(BRIEF, like='{"keep": [], "design": {}}')
    assert Brief.from_dict(like.to_dict()) == like
    with pytest.raises(InvalidBrief, match="like"):
        Likeness.from_text(like.like)
