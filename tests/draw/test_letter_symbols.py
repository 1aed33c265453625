from dataclasses import replace

import pytest

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, LetterPlace, LetterSymbol, SymbolMark, Typeface
from blazon.draw.artwork import Materials, draw, draw_small, find_symbol_places
from blazon.draw.outline import Ink, bounds, inked_area, intersect_paths, layer_bounds
from blazon.draw.symbols import Symbol
from blazon.errors import InvalidDesign

COLOURS = ColourScheme("#112233", "#cc4411", "#eeddcc", "#112233", "#112233", "#ffffff")


def wordmark(name: str, family: str = "Montserrat", weight: int = 800) -> Design:
    return Design(name, LayoutKind.WORDMARK, None, COLOURS, brand_name=name, name_type=Typeface(family, weight))


def drawings(thing: str, materials: Materials) -> tuple[Symbol, ...]:
    return materials.symbols.ideas(thing, limit=1)[0].symbols


def places(name: str, thing: str, materials: Materials, letter: str = "") -> list[LetterSymbol]:
    return find_symbol_places(wordmark(name), drawings(thing, materials), materials, letter)


@pytest.mark.parametrize(
    ("name", "thing", "letters"),
    [("Globex", "globe", "o"), ("Football Club", "football", "o"), ("Tomato", "tomato", "o"), ("Arbor", "tree", "o")],
)
def test_a_round_thing_stands_for_an_o(name: str, thing: str, letters: str, materials: Materials) -> None:
    printed = name.replace(" ", "")
    found = [place for place in places(name, thing, materials) if place.place is LetterPlace.LETTER]
    assert found
    assert {printed[place.index].lower() for place in found} <= set(letters)


@pytest.mark.parametrize(("name", "thing"), [("Hexe", "globe"), ("GREECE", "globe"), ("Vita", "lion"), ("Ox", "globe")])
def test_where_no_letter_has_its_shape_there_is_no_place(name: str, thing: str, materials: Materials) -> None:
    assert places(name, thing, materials) == []


def test_a_square_thing_is_no_o(materials: Materials) -> None:
    squares = [materials.symbols.get("mdi:chart-box"), materials.symbols.get("mdi:calendar")]
    found = find_symbol_places(wordmark("Globo"), squares, materials, asked=True)
    assert LetterPlace.LETTER not in {place.place for place in found}


def test_a_thing_that_is_asked_for_stands_in_the_counter_so_that_the_letter_is_read(materials: Materials) -> None:
    leaves = drawings("leaf", materials)
    best = find_symbol_places(wordmark("Olivio", "Outfit", 500), leaves, materials, "O", asked=True)[0]
    assert best.place is LetterPlace.COUNTER


def test_only_the_letter_that_is_asked_for_is_taken(materials: Materials) -> None:
    assert {place.index for place in places("Bootcoop", "globe", materials, "O")} <= {1, 2, 5, 6}
    assert places("Bootcoop", "globe", materials, "b") == []


def test_a_house_stands_in_the_counter_of_an_o(materials: Materials) -> None:
    best = places("Home Office", "house", materials)[0]
    assert (best.index, best.place) == (4, LetterPlace.COUNTER)
    layers = draw(replace(wordmark("Home Office"), letter_symbol=best), materials).layers
    name, symbol = (next(layer for layer in layers if layer.ink is ink) for ink in (Ink.NAME, Ink.ACCENT))
    assert inked_area(intersect_paths(name.path, symbol.path)) < 1
    assert inked_area(name.path) == pytest.approx(
        inked_area(draw(wordmark("Home Office"), materials).layers[0].path), rel=0.01
    )


@pytest.mark.parametrize("layout", [LayoutKind.WORDMARK, LayoutKind.HORIZONTAL, LayoutKind.STACKED])
def test_a_symbol_in_place_of_a_letter_touches_none_of_the_others(layout: LayoutKind, materials: Materials) -> None:
    mark = None if layout is LayoutKind.WORDMARK else SymbolMark("phosphor:leaf-fill")
    plain = replace(wordmark("Globex"), layout=layout, mark=mark)
    best = find_symbol_places(plain, drawings("globe", materials), materials)[0]
    design = replace(plain, letter_symbol=best)
    assert Design.from_dict(design.to_dict()) == design
    layers = draw(design, materials).layers
    name, symbol = (next(layer for layer in layers if layer.ink is ink) for ink in (Ink.NAME, Ink.ACCENT))
    assert inked_area(intersect_paths(name.path, symbol.path)) < 1
    assert layer_bounds([name]).top <= bounds([symbol.path]).top


def test_a_name_in_two_lines_counts_its_letters_through(materials: Materials) -> None:
    name = "International Association of Globes"
    found = places(name, "globe", materials, "o")
    printed = name.replace(" ", "")
    assert {printed[place.index] for place in found} == {"o"}
    assert {place.index for place in found} & set(range(20, 32))


def test_a_design_of_old_has_no_symbol_in_its_name() -> None:
    data = wordmark("Globex").to_dict()
    del data["letter_symbol"]
    assert Design.from_dict(data).letter_symbol is None


@pytest.mark.parametrize(
    ("layout", "place", "message"),
    [
        (LayoutKind.WORDMARK, LetterSymbol("mdi:earth", 40, LetterPlace.LETTER), "no letter 40"),
        (LayoutKind.WORDMARK, LetterSymbol("no:such", 2, LetterPlace.LETTER), "no symbol 'no:such'"),
        (LayoutKind.WORDMARK, LetterSymbol("mdi:earth", 1, LetterPlace.COUNTER), "does not fit into letter 1"),
        (LayoutKind.EMBLEM, LetterSymbol("mdi:earth", 2, LetterPlace.LETTER), "an emblem takes no letter_symbol"),
    ],
)
def test_a_place_that_is_not_there_is_an_invalid_design(
    layout: LayoutKind, place: LetterSymbol, message: str, materials: Materials
) -> None:
    mark = SymbolMark("phosphor:leaf-fill") if layout is LayoutKind.EMBLEM else None
    design = replace(wordmark("Globex"), layout=layout, mark=mark, letter_symbol=place)
    with pytest.raises(InvalidDesign, match=message):
        draw(design, materials)


def test_a_favicon_never_shows_a_symbol_over_the_letter_that_it_replaces(materials: Materials) -> None:
    design = replace(wordmark("Olivio"), letter_symbol=LetterSymbol("mdi:earth", 0, LetterPlace.LETTER))
    layers = draw_small(design, materials, 32).layers
    assert [layer.ink for layer in layers] == [Ink.NAME]


def test_a_symbol_in_a_name_in_two_tones_replaces_its_letter(materials: Materials) -> None:
    design = replace(wordmark("Olivio"), letter_symbol=LetterSymbol("mdi:earth", 5, LetterPlace.LETTER), name_split=3)
    name, second, symbol = draw(design, materials).layers
    assert (name.ink, second.ink, symbol.ink) == (Ink.NAME, Ink.ACCENT, Ink.ACCENT)
    assert inked_area(intersect_paths(second.path, symbol.path)) < 1
