import logging
import shutil
import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from fontTools.ttLib import TTCollection, TTFont
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import Brief, Style, TypeKind
from blazon.design import Typeface
from blazon.draw.font_files import FontSources, read_families, read_family_files, read_system_families
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import resolve_family, set_line
from blazon.errors import InvalidFont, TextNotCovered
from blazon.studio import Studio

WriteFont = Callable[..., Path]
ADLAM = "𞤀𞤁"  # a script that nothing here has


def test_the_weights_of_a_family_are_read_from_its_files(write_font: WriteFont, tmp_path: Path) -> None:
    for weight in (300, 700):
        write_font(tmp_path / f"{weight}.ttf", weight=weight)
    write_font(tmp_path / "italic.ttf", weight=500, italic=True)
    ((family,), problems) = read_families(tmp_path)
    assert (family.name, family.weights, problems) == ("Own Face", (700, 300), ())


def test_a_variable_font_has_all_weights(tmp_path: Path) -> None:
    (source,) = (Path(str(files("fontpkg_rubik"))) / "files").glob("Rubik[[]*")
    shutil.copy(source, tmp_path / "mine.ttf")
    (family,) = read_families(tmp_path)[0]
    library = FontLibrary((family,))
    areas = [abs(set_line("H", Typeface("Rubik", weight), 100, library).path.area) for weight in (300, 500, 900)]
    assert areas == sorted(set(areas))
    assert TypeKind.SANS in family.kinds


def test_every_font_of_a_collection_joins(write_font: WriteFont, tmp_path: Path) -> None:
    fonts = [TTFont(write_font(tmp_path / f"{name}.ttf", name)) for name in ("One", "Two")]
    collection = TTCollection()
    collection.fonts = fonts
    folder = tmp_path / "fonts"
    folder.mkdir()
    collection.save(folder / "both.ttc")
    assert [family.name for family in read_families(folder)[0]] == ["One", "Two"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("text.ttf", b"no font", "damaged, or no font"),
        ("empty.otf", b"", "damaged, or no font"),
        ("cut.ttc", b"ttcf\0\1\0\0\xff\xff\xff\xff", "damaged, or no font"),
        ("web.woff2", b"wOF2", "give the TTF or OTF file"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_and_the_others_join(
    write_font: WriteFont, tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    write_font(tmp_path / "good.ttf")
    (tmp_path / name).write_bytes(content)
    (tmp_path / "licence.txt").write_text("is passed over")
    families, problems = read_families(tmp_path)
    assert [family.name for family in families] == ["Own Face"]
    (line,) = problems
    assert name in line
    assert problem in line
    with pytest.raises(InvalidFont, match=problem):
        read_family_files([tmp_path / name])


@given(st.binary(max_size=300), st.integers(0, 400))
def test_damaged_fonts_are_refused_or_read_and_never_fail_otherwise(
    write_font: WriteFont, noise: bytes, place: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_font(Path(folder) / "a.ttf")
        content = path.read_bytes()
        path.write_bytes(content[:place] + noise + content[place + len(noise) :])
        families, problems = read_families(Path(folder))
        assert len(families) + len(problems) == 1


def test_a_font_without_outlines_is_refused(write_font: WriteFont, tmp_path: Path) -> None:
    font = TTFont(write_font(tmp_path / "a.ttf"))
    del font["glyf"], font["loca"]
    font.save(tmp_path / "a.ttf")
    with pytest.raises(InvalidFont, match="no outlines"):
        read_family_files([tmp_path / "a.ttf"])


def test_a_missing_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidFont, match="no folder"):
        FontLibrary.open(FontSources(tmp_path / "none"))
    with pytest.raises(InvalidFont, match="cannot be read"):
        FontLibrary.open(FontSources(chosen=(tmp_path / "none.ttf",)))


def test_fonts_of_the_folder_join_and_bring_their_script(
    write_font: WriteFont, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_font(tmp_path / "adlam.ttf", "Adlam Face", ADLAM)
    (tmp_path / "bad.ttf").write_bytes(b"bad")
    with caplog.at_level(logging.WARNING):
        library = FontLibrary.open(FontSources(tmp_path))
    assert "bad.ttf" in caplog.text
    assert resolve_family(ADLAM, ["Anton"], library).name == "Adlam Face"
    line = set_line(ADLAM, Typeface("Adlam Face", 400), 1000, library)
    assert line.cap_height > 0
    assert line.x_height > 0


def test_an_own_font_of_the_name_of_another_takes_its_place(write_font: WriteFont, tmp_path: Path) -> None:
    write_font(tmp_path / "anton.ttf", "Anton")
    library = FontLibrary.open(FontSources(tmp_path))
    assert library.family("Anton").files
    assert [family.name for family in library.families].count("Anton") == 1


def test_a_chosen_font_sets_every_name_that_it_covers(write_font: WriteFont, tmp_path: Path) -> None:
    chosen = write_font(tmp_path / "own.ttf", letters="HxdABCabc")
    studio = Studio.open(FontSources(chosen=(chosen,)))
    types = [logo.design.name_type for logo in studio.generate(Brief("a bakery", brand_name="Abc", seed=3))]
    assert {face.family for face in types if face} == {"Own Face"}
    others = studio.generate(Brief("a bakery", brand_name="Northwind", seed=3))
    assert "Own Face" not in {logo.design.name_type.family for logo in others if logo.design.name_type}
    assert studio.recipe != Studio.open().recipe


def test_chosen_families_are_offered_for_every_style_and_kind(write_font: WriteFont, tmp_path: Path) -> None:
    library = FontLibrary.open(FontSources(chosen=(write_font(tmp_path / "own.ttf"),)))
    assert {library.families_for(style)[0].name for style in Style} == {"Own Face"}
    assert [family.name for family in library.families_of({TypeKind.SERIF})] == ["Own Face"]


def test_the_system_is_asked_only_for_what_no_family_covers(write_font: WriteFont, tmp_path: Path) -> None:
    write_font(tmp_path / "adlam.ttf", "Adlam Face", ADLAM + "A")
    library = FontLibrary(system=(tmp_path / "none", tmp_path))
    assert "Adlam Face" not in {family.name for family in library.families_covering("A")}
    assert [family.name for family in library.families_covering(ADLAM)] == ["Adlam Face"]
    library.check_text(ADLAM, "brand_name")
    assert library.family("Adlam Face").files


def test_pictures_and_signs_are_not_sought_in_the_system(write_font: WriteFont, tmp_path: Path) -> None:
    write_font(tmp_path / "signs.ttf", "Signs", "🦊⚙A")
    library = FontLibrary(system=(tmp_path,))
    assert library.families_covering("A🦊") == ()
    with pytest.raises(TextNotCovered, match=r"U\+1F98A"):
        library.check_text("A🦊", "brand_name")


def test_of_two_folders_of_the_system_the_first_counts(write_font: WriteFont, tmp_path: Path) -> None:
    for folder, top in (("b", 700), ("a", 500)):
        (tmp_path / folder).mkdir()
        write_font(tmp_path / folder / "x.ttf", top=top)
    (family,) = read_system_families((tmp_path / "b", tmp_path / "a"))
    assert family.files[0].path == tmp_path / "b/x.ttf"


@pytest.mark.parametrize(
    ("text", "package"),
    [("漢字", "fonts-noto-cjk"), ("ひら", "fonts-noto-cjk"), ("안녕", "fonts-noto-cjk"), (ADLAM, "fonts-noto-core")],
)
def test_the_error_names_the_package_that_brings_a_font(text: str, package: str) -> None:
    with pytest.raises(TextNotCovered, match=f"apt install {package}, or put a font that has them into FONTS_DIR"):
        FontLibrary().check_text(text, "brand_name")


def test_no_package_is_named_for_pictures() -> None:
    with pytest.raises(TextNotCovered) as raised:
        FontLibrary().check_text("🦊", "brand_name")
    assert "apt" not in str(raised.value)
