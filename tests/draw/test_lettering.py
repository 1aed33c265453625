import string
import subprocess
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.brief import Style
from blazon.design import LetterCase, Typeface
from blazon.draw.families import FAMILIES
from blazon.draw.fonts import FontLibrary
from blazon.draw.initials import graphemes
from blazon.draw.lettering import Lettering, join_outlines, resolve_family, set_line
from blazon.draw.outline import Box, bounds, inked_area, move_path, rectangle, to_svg, union
from blazon.draw.typefaces import TypeFamily
from blazon.errors import TextNotCovered

LIBRARY = FontLibrary()
PLAIN = Typeface("Figtree", 600)
_LATIN = st.text(st.sampled_from(string.ascii_letters + string.digits + "&.,'-!? äéñøßçÅŁ"), max_size=24)


AS_GIVEN = LetterCase.AS_GIVEN


def line(text: str, family: str = "Figtree", case: LetterCase = AS_GIVEN, tracking: float = 0.0) -> Lettering:
    """A line at 100 units per em; outlines are exact, HarfBuzz rounds heights to 1/1000 em."""
    return set_line(text, Typeface(family, 600, case, tracking), 100, LIBRARY)


def test_measures_are_in_units_of_the_size() -> None:
    small, large = line("Hxdp"), set_line("Hxdp", PLAIN, 200, LIBRARY)
    assert large.advance == pytest.approx(2 * small.advance)
    assert large.ink.width == pytest.approx(2 * small.ink.width)
    assert 0 < small.x_height < small.cap_height <= small.ascender < 100
    assert small.ink.top == pytest.approx(-small.ascender, abs=0.1)


def test_capitals_stand_on_the_baseline() -> None:
    ink = line("HEL").ink
    assert ink.bottom == pytest.approx(0)
    assert ink.top == pytest.approx(-line("H").cap_height, abs=0.1)


@pytest.mark.parametrize("family", ["Figtree", "Lora", "Montserrat", "Playfair Display", "Bebas Neue"])
def test_kerning_is_on(family: str) -> None:
    apart = line("A", family).advance + line("V", family).advance
    unkerned = line("H", family).advance * 2 - line("HH", family).advance  # what tracking alone takes
    assert line("AV", family).advance < apart - unkerned


def test_ligatures_are_set_until_the_line_is_tracked() -> None:
    ligature, tracked = (line("fl", "DM Serif Display", tracking=tracking) for tracking in (0, 0.01))
    assert len(ligature.letters) == 1
    assert len(tracked.letters) == 2


def test_tracking_opens_the_letters_and_not_the_ends() -> None:
    closed, opened = line("HHHH"), line("HHHH", tracking=100)
    assert opened.ink.width == pytest.approx(closed.ink.width + 3 * 10)
    assert opened.ink.left == pytest.approx(closed.ink.left)


def test_capitals_are_set_looser_and_heavy_weights_tighter() -> None:
    def share(case: LetterCase, weight: int) -> float:
        typeface = Typeface("Rubik", weight, case)
        family = LIBRARY.family("Rubik")
        pair = set_line("nn", typeface, 1000, LIBRARY).advance
        single = set_line("n", typeface, 1000, LIBRARY).advance
        assert family.capital_tracking > family.tracking
        return pair - 2 * single

    assert share(LetterCase.UPPER, 600) > 0 > share(LetterCase.AS_GIVEN, 600) > share(LetterCase.AS_GIVEN, 900)


def test_connected_letters_are_never_pulled_apart() -> None:
    assert line("minimum", "Pacifico", tracking=200).advance == line("minimum", "Pacifico").advance
    letters = union([line("minu", "Dancing Script").path])
    pieces = [part for part in letters.contours if not part.clockwise]
    assert len(pieces) == 2  # the word and the dot


@pytest.mark.parametrize("text", ["Grüner", "Ōkami", "Ångström", "Żółć", "Nguyễn"])
def test_composed_and_decomposed_text_look_the_same(text: str) -> None:
    composed, decomposed = (line(unicodedata.normalize(form, text), "Montserrat") for form in ("NFC", "NFD"))
    assert to_svg(composed.path) == to_svg(decomposed.path)


def test_a_capital_sharp_s_is_used_where_the_font_has_it() -> None:
    texts = {family.name: line("Maß", family.name, LetterCase.UPPER).text for family in FAMILIES}
    assert set(texts.values()) <= {"MAẞ", "MASS"}
    assert texts["Montserrat"] == "MAẞ"


def test_a_case_that_a_font_lacks_is_not_applied() -> None:
    """The capital of the micro sign is a Greek letter, which not all families that have the sign can set."""
    texts = {line("µlab", family.name, LetterCase.UPPER).text for family in FontLibrary().families_covering("µlab")}
    assert texts == {"µlab", "\u039cLAB"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Kaffee 漢字", "“漢” (U+6F22), “字” (U+5B57)"),
        ("☃ Snow", "U+2603"),
        ("😀", "“😀” (U+1F600)"),
        ("a\u0007", "U+0007"),
    ],
)
def test_characters_that_no_font_has_are_named(text: str, named: str) -> None:
    with pytest.raises(TextNotCovered) as caught:
        resolve_family(text, ["Anton"], LIBRARY, field="slogan")
    assert named in str(caught.value)
    assert caught.value.field == "slogan"


def test_a_family_without_a_character_names_it_and_draws_no_box() -> None:
    with pytest.raises(TextNotCovered, match=r"U\+041A"):
        line("Кафе", "Anton")


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u2003\u00ad"])
def test_text_that_prints_nothing_is_refused(text: str) -> None:
    with pytest.raises(TextNotCovered, match="seen"):
        line(text)


@pytest.mark.parametrize("text", ["Αθήνα", "Кафе Їжак", "שלום", "مقهى", "Łódź", "Tiếng Việt"])
def test_resolved_families_cover_the_text_and_keep_the_mood(text: str) -> None:
    for style in Style:
        wanted = [family.name for family in LIBRARY.families_for(style)]
        family = resolve_family(text, wanted, LIBRARY)
        assert LIBRARY.missing_characters(family.name, text) == ()
        covering = LIBRARY.families_covering(text, wanted)
        assert family == covering[0] if covering else style not in family.styles
        assert line(text, family.name).ink.width > 0


def test_every_family_that_covers_a_script_sets_it() -> None:
    for text in ("Ωμέγα ΆΈΉΊΌΎΏ", "Щука и Ёж", "Gdańsk Čeština Íslenska"):
        families = LIBRARY.families_covering(text)
        assert len(families) >= 6
        for family in families:
            for case in LetterCase:
                assert line(text, family.name, case).ink.width > 100


def test_right_to_left_text_runs_leftwards() -> None:
    lamed, alef, pair = (line(text, "Rubik") for text in ("ל", "א", "לא"))
    assert pair.advance > max(lamed.advance, alef.advance)
    # Lamed, the first letter, is the tall one: it must stand on the right.
    tallest = max(pair.path.contours, key=lambda part: -part.bounds[1])
    assert tallest.bounds[0] > pair.ink.centre[0] - 5


def test_arabic_letters_connect() -> None:
    assert line("بب", "Rubik").advance < 2 * line("ب", "Rubik").advance


@pytest.mark.parametrize(
    ("mixed", "left", "right"),
    [
        ("Cafe שלום", "Cafe", "שלום"),
        ("שלום Cafe", "Cafe", "שלום"),
        ("03-5551 שלום", "שלום", "03-5551"),
        ("100% شلوم", "شلوم", "100%"),
    ],
)
def test_both_directions_stand_in_one_line(mixed: str, left: str, right: str) -> None:
    whole, first, last = (line(text, "Rubik") for text in (mixed, left, right))
    assert to_svg(move_path(whole.letters[0].path, -whole.letters[0].path.bounds[0], 0)) == to_svg(
        move_path(first.letters[0].path, -first.letters[0].path.bounds[0], 0)
    )
    assert len(whole.letters) == len(first.letters) + len(last.letters)


@settings(deadline=None, max_examples=150)
@given(_LATIN.filter(str.strip), st.sampled_from(FAMILIES), st.sampled_from(LetterCase))
def test_latin_text_is_always_set(text: str, family: TypeFamily, case: LetterCase) -> None:
    if LIBRARY.missing_characters(family.name, text):
        text = "".join(char for char in text if not LIBRARY.missing_characters(family.name, char)).strip() or "n"
    # Left to itself, a case is not applied where a capital behind small letters says something.
    typeface = Typeface(family.name, family.weights[0], case, case_wished=True)
    lettering = set_line(text, typeface, 100, LIBRARY)
    assert lettering.advance > 0
    assert lettering.ink.width > 0
    assert inked_area(lettering.path) > 0
    longer = set_line(text + "H", typeface, 100, LIBRARY)
    assert longer.ink.right > lettering.ink.right - 5


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
@pytest.mark.parametrize("sign", "™®℠")
def test_the_sign_of_a_trade_mark_hangs_small_from_the_cap_line(family: str, sign: str) -> None:
    if LIBRARY.missing_characters(family, sign):
        pytest.skip(f"{family} has no {sign}")
    for case in (LetterCase.UPPER, LetterCase.AS_GIVEN):
        name, signed = line("nH", family, case), line(f"nH{sign}", family, case)
        box = bounds([signed.letters[-1].path])
        assert 1 / 3 <= box.height / signed.cap_height <= 1 / 2
        assert box.top == pytest.approx(-signed.cap_height, abs=0.5)
        assert box.left > name.ink.right


@pytest.mark.parametrize("text", ["स्वाद भोजन", "त्रिवेणी क्षेत्र"])
def test_a_syllable_is_one_letter_of_a_line(text: str) -> None:
    families = LIBRARY.families_covering(text)
    assert families
    for family in families:
        assert len(line(text, family.name).letters) == len([part for part in graphemes(text) if part.strip()])


def test_outlines_are_closed() -> None:
    for family in FAMILIES:
        for contour in to_svg(line("Waltz & Co", family.name).path).split("M")[1:]:
            assert contour.endswith("Z")


def test_the_same_bytes_in_every_process_and_locale() -> None:
    code = (
        "from blazon.design import Typeface\n"
        "from blazon.draw.fonts import FontLibrary\n"
        "from blazon.draw.lettering import set_line\n"
        "from blazon.draw.outline import to_svg\n"
        "print(to_svg(set_line('Kâğıthane fi', Typeface('Lora', 600), 100, FontLibrary()).path))"
    )
    here = to_svg(line("Kâğıthane fi", "Lora").path)
    for seed, locale in (("1", "C.UTF-8"), ("2", "tr_TR.UTF-8")):
        environment = {"PYTHONHASHSEED": seed, "LC_ALL": locale, "LANG": locale}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        assert done.stdout.strip() == here


def test_letters_that_do_not_touch_are_not_merged_though_their_boxes_overlap() -> None:
    name = "ﷺ" * 60
    family = LIBRARY.families_covering(name)[0]
    text = line(name, family.name)
    boxes = [letter.path.bounds for letter in text.letters]
    assert all(before[2] > after[0] for before, after in pairwise(boxes))
    assert to_svg(text.path) == "".join(to_svg(letter.path) for letter in text.letters)


def test_letters_that_overlap_are_merged_where_others_stand_between_them() -> None:
    bar, sign, dot = rectangle(Box(0, 0, 9, 1)), rectangle(Box(3, 2, 4, 9)), rectangle(Box(8, 0, 12, 1))
    assert [contour.bounds for contour in join_outlines([bar, sign, dot]).contours] == [(0, 0, 12, 1), (3, 2, 4, 9)]


@given(st.lists(st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 6)] * 2), min_size=1, max_size=7))
def test_a_line_covers_what_its_outlines_cover_once(boxes: list[tuple[int, int, int, int]]) -> None:
    outlines = [rectangle(Box(x, y, x + width, y + height)) for x, y, width, height in boxes]
    covered = {(x + i, y + j) for x, y, width, height in boxes for i in range(width) for j in range(height)}
    assert join_outlines(outlines).area == pytest.approx(len(covered))
