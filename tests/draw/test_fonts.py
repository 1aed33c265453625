from concurrent.futures import ThreadPoolExecutor

import pytest

from blazon.brief import Style, TypeKind
from blazon.design import Typeface
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import set_line
from blazon.draw.outline import to_svg
from blazon.draw.typefaces import TypeFamily
from blazon.errors import EngineUnavailable, InvalidDesign

GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψωςάέήίόύώ"
CYRILLIC = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюяЁёІіЇїЄєҐґ"


@pytest.fixture(scope="module")
def library() -> FontLibrary:
    return FontLibrary()


def test_heavier_weights_have_more_ink(library: FontLibrary) -> None:
    areas = [abs(set_line("H", Typeface("Rubik", weight), 100, library).path.area) for weight in (300, 500, 700, 900)]
    assert areas == sorted(set(areas))


@pytest.mark.parametrize("style", Style)
def test_every_style_has_five_families_its_own_first(style: Style, library: FontLibrary) -> None:
    ranks = [family.styles.index(style) for family in library.families_for(style)]
    assert len(ranks) >= 5
    assert ranks == sorted(ranks)
    assert ranks[0] == 0


def test_families_of_several_kinds_are_of_all_of_them_the_purest_first(library: FontLibrary) -> None:
    serifs = [family.kinds & {TypeKind.SLAB, TypeKind.DISPLAY} for family in library.families_of({TypeKind.SERIF})]
    assert not serifs[0]
    assert serifs[-1]
    both = library.families_of((TypeKind.CONDENSED, TypeKind.HEAVY))
    assert len(both) >= 3
    assert all({TypeKind.CONDENSED, TypeKind.HEAVY} <= family.kinds for family in both)


def test_what_is_avoided_is_never_returned(library: FontLibrary) -> None:
    found = library.families_of((), {TypeKind.SERIF, TypeKind.SCRIPT})
    assert found
    assert not any(family.kinds & {TypeKind.SERIF, TypeKind.SCRIPT} for family in found)
    assert library.families_of({TypeKind.SLAB}, {TypeKind.SLAB}) == []
    assert library.families_of((), TypeKind) == []


def test_kinds_that_no_family_joins_give_the_families_of_most_of_them(library: FontLibrary) -> None:
    found = library.families_of((TypeKind.BLACKLETTER, TypeKind.MONO, TypeKind.RETRO))
    assert {len(family.kinds & {TypeKind.MONO, TypeKind.RETRO, TypeKind.BLACKLETTER}) for family in found} == {2}


@pytest.mark.parametrize(("letters", "styles"), [(GREEK, 6), (CYRILLIC, 8)])
def test_greek_and_cyrillic_are_served_in_several_moods(letters: str, styles: int, library: FontLibrary) -> None:
    covering = library.families_covering(letters)
    assert len(covering) >= 6
    assert len({style for family in covering for style in family.styles}) >= styles


def test_missing_characters_are_named_once_and_in_order(library: FontLibrary) -> None:
    assert library.missing_characters("Figtree", "a漢b字漢") == ("漢", "字")


def test_unknown_families_are_refused(library: FontLibrary) -> None:
    with pytest.raises(InvalidDesign, match="Comic"):
        library.font("Comic", 400)


def test_a_family_that_is_not_installed_says_what_to_install() -> None:
    library = FontLibrary((TypeFamily("No Such Face", frozenset(), (Style.BOLD,), (400,)),))
    with pytest.raises(EngineUnavailable, match="pip install fontpkg-no-such-face"):
        library.font("No Such Face", 400)


def test_fonts_are_kept_open_and_no_more_than_the_capacity() -> None:
    library = FontLibrary(capacity=2)
    first = library.font("Figtree", 600)
    assert library.font("Figtree", 600) is first
    library.font("Lora", 600)
    library.font("Anton", 400)
    assert library.font("Figtree", 600) is not first


def test_threads_share_a_library() -> None:
    def drawn(library: FontLibrary, name: str) -> str:
        return to_svg(set_line("Wavelength", Typeface(name, 600), 100, library).path)

    names = ["Rubik", "Fraunces", "Oswald"] * 20
    alone = [drawn(FontLibrary(), name) for name in names[:3]] * 20
    shared = FontLibrary(capacity=2)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda name: drawn(shared, name), names)) == alone
