"""Lines and solid shapes, where a prompt asks for them."""

import pytest

from blazon.brief import Brief
from blazon.design import SymbolMark
from blazon.direction.direct import direct
from blazon.draw.artwork import Materials
from blazon.draw.font_files import NO_FONTS
from blazon.draw.symbols import SymbolStyle
from blazon.reading.reader import BriefReader
from blazon.reading.reading import Reading, Technique


@pytest.fixture(scope="module")
def materials() -> Materials:
    return Materials.open(NO_FONTS)


@pytest.fixture(scope="module")
def reader(materials: Materials) -> BriefReader:
    return BriefReader(materials.symbols)


def read(reader: BriefReader, prompt: str) -> Reading:
    return reader.read(Brief(prompt, seed=1))


@pytest.mark.parametrize(
    ("prompt", "technique", "avoided"),
    [
        ("a metal workshop, monoline mark", Technique.LINES, None),
        ("a cat in line art", Technique.LINES, None),
        ("one continuous line drawing of a boat", Technique.LINES, None),
        ("outline style owl for a library", Technique.LINES, None),
        ("eine Katze als Strichzeichnung", Technique.LINES, None),
        ("un chat, dessin au trait", Technique.LINES, None),
        ("the silhouette of a bear", Technique.SOLID, None),
        ("a fox as a solid shape", Technique.SOLID, None),
        ("a fox, no outlines", None, Technique.LINES),
        ("a boat, never in line art", None, Technique.LINES),
        ("a clothing line for kids", None, None),
        ("a railway line through the hills", None, None),
        ("solid oak furniture", None, None),
        ("a hair salon with clean lines", None, None),
    ],
)
def test_lines_and_solid_shapes_are_heard(reader, prompt, technique, avoided):
    reading = read(reader, prompt)
    assert (reading.technique, reading.technique_avoided) == (technique, avoided)


def test_what_is_heard_is_no_thing_to_show_and_is_told(reader):
    reading = read(reader, "a cat in thin line art for a vet")
    assert [thing.name for scene in reading.show for thing in scene.things] == ["cat"]
    assert "drawn in lines" in reading.understood
    assert not reading.type


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("a monoline cat, solid shape", "monoline, but also solid shape"),
        ("monoline cat but no line art", "monoline, but no line art"),
        ("a fox in line art", "fox in lines"),
    ],
)
def test_what_cannot_be_is_told(reader, prompt, told):
    assert told in [one.wish for one in read(reader, prompt).unmet]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("a cat in line art", SymbolStyle.LINE),
        ("a boat, monoline", SymbolStyle.LINE),
        ("silhouette of a cat", SymbolStyle.FILL),
    ],
)
def test_marks_are_drawn_so(materials, reader, prompt, style, seed):
    brief = Brief(prompt, brand_name="Kahn", seed=seed)
    marks = [one.mark for one in direct(brief, reader.read(brief), materials) if isinstance(one.mark, SymbolMark)]
    assert marks
    assert {materials.symbols.get(mark.symbol).style for mark in marks} == {style}
