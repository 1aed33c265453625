import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from blazon.brief import TypeKind
from blazon.design import LetterCase, Typeface
from blazon.draw.families import FAMILIES
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import set_line
from blazon.draw.typefaces import TypeFamily

# Without Ø, which Orbitron lacks: a name with it gets another family.
LATIN = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖŒÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöœùúûüýÿ"
ROOT = Path(__file__).parents[2]
WEIGHTS = {TypeKind.THIN, TypeKind.HEAVY}


@pytest.fixture(scope="module")
def library() -> FontLibrary:
    return FontLibrary()


def test_there_are_ninety_families_of_as_many_names() -> None:
    names = [family.name for family in FAMILIES]
    assert len(set(names)) == len(names) >= 90


@pytest.mark.parametrize("kind", TypeKind)
def test_every_kind_has_three_families(kind: TypeKind, library: FontLibrary) -> None:
    found = library.families_of({kind})
    assert len(found) >= 3
    assert all(kind in family.kinds for family in found)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_family_says_what_it_is_beside_its_weights(family: TypeFamily) -> None:
    shape = family.kinds - WEIGHTS
    letters = {TypeKind.SERIF, TypeKind.SANS, TypeKind.SCRIPT, TypeKind.BLACKLETTER, TypeKind.SLAB}
    assert shape & letters
    assert TypeKind.SLAB not in shape or shape & {TypeKind.SERIF, TypeKind.MONO}


def _licence(family: TypeFamily) -> str:
    if family.shipped:
        text = (files("blazon") / f"data/fonts/{family.name.lower().replace(' ', '-')}.txt").read_text("utf-8")
        assert text.startswith(f"{family.name}, made of npm @fontsource/")
        return "OFL-1.1" if "SIL Open Font License, Version 1.1" in text else "unknown"
    said = json.loads((files(family.package.replace("-", "_")) / "metadata.json").read_text(encoding="utf-8"))
    assert said["family"] == family.name
    return str(said["license"])


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_is_open_and_sets_the_type_designers_word(family: TypeFamily, library: FontLibrary) -> None:
    assert _licence(family) in {"OFL-1.1", "Apache-2.0"}
    for weight in family.weights:
        assert set_line("Hamburgefonstiv", Typeface(family.name, weight), 100, library).ink.width > 100


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_and_its_slogan_face_have_western_europe(family: TypeFamily, library: FontLibrary) -> None:
    assert library.missing_characters(family.name, LATIN) == ()
    assert family.slogan is not None
    assert library.missing_characters(family.slogan.family, LATIN) == ()


def _density(family: str, weight: int, library: FontLibrary) -> float:
    """The share of its box that a word's ink fills."""
    line = set_line("Hanon", Typeface(family, weight), 100, library)
    return abs(line.path.area) / (line.ink.width * line.ink.height)


@pytest.mark.parametrize("kind", sorted(WEIGHTS))
def test_thin_is_lighter_than_a_plain_weight_and_heavy_darker(kind: TypeKind, library: FontLibrary) -> None:
    plain = _density("Figtree", 500, library)
    for family in library.families_of({kind}):
        (weight,) = family.weights_for({kind})
        density = _density(family.name, weight, library)
        assert (density > plain) if kind is TypeKind.HEAVY else (density < plain), family.name


def test_mono_has_one_width_for_each_letter(library: FontLibrary) -> None:
    for family in library.families_of({TypeKind.MONO}):
        widths = {round(set_line(text, Typeface(family.name, 400), 100, library).advance) for text in ("iiii", "mmmm")}
        assert len(widths) == 1, family.name


def test_scripts_are_never_set_in_capitals() -> None:
    connected = [family for family in FAMILIES if family.connected]
    assert len(connected) >= 3
    for family in connected:
        assert not family.capitals
        assert family.case is not LetterCase.UPPER


def test_every_package_of_a_family_is_a_dependency_and_no_other() -> None:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    pinned = {line.partition("==")[0] for line in said if line.startswith("fontpkg-") and "==" in line}
    assert pinned == {family.package for family in FAMILIES if not family.shipped}


def test_shipped_fonts_are_small() -> None:
    folder = ROOT / "src/blazon/data/fonts"
    assert sum(file.stat().st_size for file in folder.iterdir()) < 2_000_000
    assert {file.stem for file in folder.iterdir()} == {
        family.name.lower().replace(" ", "-") for family in FAMILIES if family.shipped
    }
