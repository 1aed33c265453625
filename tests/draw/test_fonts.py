import json
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import pytest

from blazon.brief import Style
from blazon.design import LetterCase, Typeface
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import set_line
from blazon.draw.outline import to_svg
from blazon.draw.typefaces import FAMILIES, TypeFamily
from blazon.errors import EngineUnavailable, InvalidDesign

GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψωςάέήίόύώ"
CYRILLIC = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюяЁёІіЇїЄєҐґ"
# Without Ø, which Orbitron lacks: a name with it gets another family.
LATIN = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖŒÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöœùúûüýÿ"


@pytest.fixture(scope="module")
def library() -> FontLibrary:
    return FontLibrary()


def test_names_are_unique_and_at_least_forty() -> None:
    names = [family.name for family in FAMILIES]
    assert len(set(names)) == len(names) >= 40


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_is_open_and_sets_the_type_designers_word(family: TypeFamily, library: FontLibrary) -> None:
    said = json.loads((files(family.package.replace("-", "_")) / "metadata.json").read_text(encoding="utf-8"))
    assert said["family"] == family.name
    assert said["license"] == "OFL-1.1"
    for weight in family.weights:
        assert set_line("Hamburgefonstiv", Typeface(family.name, weight), 100, library).ink.width > 100


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_and_its_slogan_face_have_western_europe(family: TypeFamily, library: FontLibrary) -> None:
    assert library.missing_characters(family.name, LATIN) == ()
    assert family.slogan is not None
    assert library.missing_characters(family.slogan.family, LATIN) == ()


def test_heavier_weights_have_more_ink(library: FontLibrary) -> None:
    areas = [abs(set_line("H", Typeface("Rubik", weight), 100, library).path.area) for weight in (300, 500, 700, 900)]
    assert areas == sorted(set(areas))


@pytest.mark.parametrize("style", Style)
def test_every_style_has_five_families_its_own_first(style: Style, library: FontLibrary) -> None:
    ranks = [family.styles.index(style) for family in library.families_for(style)]
    assert len(ranks) >= 5
    assert ranks == sorted(ranks)
    assert ranks[0] == 0


@pytest.mark.parametrize(("letters", "styles"), [(GREEK, 6), (CYRILLIC, 8)])
def test_greek_and_cyrillic_are_served_in_several_moods(letters: str, styles: int, library: FontLibrary) -> None:
    covering = library.families_covering(letters)
    assert len(covering) >= 6
    assert len({style for family in covering for style in family.styles}) >= styles


def test_scripts_are_never_set_in_capitals() -> None:
    connected = [family for family in FAMILIES if family.connected]
    assert len(connected) >= 3
    for family in connected:
        assert not family.capitals
        assert family.case is not LetterCase.UPPER


def test_missing_characters_are_named_once_and_in_order(library: FontLibrary) -> None:
    assert library.missing_characters("Figtree", "a漢b字漢") == ("漢", "字")


def test_unknown_families_are_refused(library: FontLibrary) -> None:
    with pytest.raises(InvalidDesign, match="Comic"):
        library.font("Comic", 400)


def test_a_family_that_is_not_installed_says_what_to_install() -> None:
    library = FontLibrary((TypeFamily("No Such Face", (Style.BOLD,), (400,)),))
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
