import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.errors import InvalidBrief
from blazon.field_checks import (
    MAX_THING,
    MAX_THINGS,
    check_label,
    read_established,
    read_letters,
    read_things,
    refuse_both,
)


@pytest.mark.parametrize(
    ("given_things", "things"),
    [
        (None, ()),
        ("", ()),
        ([], ()),
        ("fox", ("fox",)),
        (" a fox ,  honey   jar,, ", ("fox", "honey jar")),
        (["fox", "honey jar, bee"], ("fox", "honey jar", "bee")),
        (("fox", "Fox", "the fox"), ("fox",)),
        ("キツネ、蜂蜜", ("キツネ", "蜂蜜")),
        ("fox\nowl; bear", ("fox", "owl", "bear")),
    ],
)
def test_things_are_a_list_or_a_text_with_commas(given_things: object, things: tuple[str, ...]) -> None:
    assert read_things("show", given_things) == things


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("x" * (MAX_THING + 1), "has 41 characters; at most 40"),
        ([str(number) for number in range(MAX_THINGS + 1)], "has 9 things; at most 8"),
        (["fox"] * 2000, "has 2000 entries; at most 8"),
        ("fox," * 2000, "has 8000 characters"),
        (["fox", 7], "must be text, not int"),
        (7, "must be a list of texts"),
        ({"fox": 1}, "must be a list of texts"),
        ("fo\0x", "cannot be printed"),
    ],
)
def test_things_that_cannot_be_read_are_refused(value: object, said: str) -> None:
    with pytest.raises(InvalidBrief, match=said) as error:
        read_things("avoid", value)
    assert error.value.field == "avoid"


@pytest.mark.parametrize(("shown", "avoided"), [("rose", "Rose"), ("Roses", "rose"), ("fox", "foxes")])
def test_one_thing_is_found_in_both_lists_whatever_its_number(shown: str, avoided: str) -> None:
    with pytest.raises(InvalidBrief, match="keep it in one of them"):
        refuse_both(("owl", shown), ("bear", avoided))


@pytest.mark.parametrize(("shown", "avoided"), [("rose", "prose"), ("red rose", "rose"), ("bus", "busy street")])
def test_other_things_may_be_shown_and_avoided(shown: str, avoided: str) -> None:
    refuse_both((shown,), (avoided,))


@pytest.mark.parametrize(
    ("value", "letters"),
    [
        (None, ""),
        ("", ""),
        ("Q", "Q"),
        ("y", "y"),
        ("R and T", "RT"),
        ("R, T", "RT"),
        ("R & T", "R&T"),
        ("m.e", "me"),
        ("et", "et"),
        ("24", "24"),
        ("n\u0303V", "ñV"),
        ("कमल", "कमल"),
        ("क्षत्रि", "क्षत्रि"),
        ("SPQR", "SPQR"),
    ],
)
def test_letters_are_kept_as_they_are_to_be_set(value: object, letters: str) -> None:
    assert read_letters(value) == letters


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("FORGE", "has 5; a monogram has 1 to 4"),
        ("R*T", r"letters and figures only, not '\*'"),
        ("-", "letters and figures only"),
        ("🦊", "letters and figures only"),
        (7, "must be text"),
        ("x" * 100, "has 100 characters"),
    ],
)
def test_what_is_no_monogram_is_refused(value: object, said: str) -> None:
    with pytest.raises(InvalidBrief, match=said) as error:
        read_letters(value)
    assert error.value.field == "letters"


@pytest.mark.parametrize(
    ("value", "date"),
    [
        (None, ""),
        ("", ""),
        (1894, "1894"),
        ("1894", "1894"),
        (" Est.  May 1894 ", "Est. May 1894"),
        ("MDCCCXCIV", "MDCCCXCIV"),
        ("١٩٥٢", "١٩٥٢"),
    ],
)
def test_a_date_is_kept_as_it_is_to_be_set(value: object, date: str) -> None:
    assert read_established(value) == date


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("long ago", "has no year in it"),
        ("since the year of our Lord 1894", "at most 24"),
        (-3, "is no year"),
        (10**5000, "is no year"),
        (True, "must be text"),
        (18.94, "must be text"),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_date_is_refused(value: object, said: str) -> None:
    with pytest.raises(InvalidBrief, match=said) as error:
        read_established(value)
    assert error.value.field == "established"


@given(st.text(max_size=60) | st.lists(st.text(max_size=45), max_size=10))
def test_what_was_read_is_read_again_the_same(value: object) -> None:
    try:
        things = read_things("show", value)
    except InvalidBrief:
        return
    assert read_things("show", list(things)) == things


@given(st.text(max_size=12))
def test_letters_that_were_read_are_read_again_the_same(value: str) -> None:
    try:
        letters = read_letters(value)
    except InvalidBrief:
        return
    assert read_letters(letters) == letters


def test_marks_on_one_letter_are_bounded() -> None:
    assert check_label("brand_name", "e\u0301\u0302" * 20, 60) == "\u00e9\u0302" * 20
    for most in (7, 8, 40):
        with pytest.raises(InvalidBrief, match=f"has {most} marks on one letter; at most 6 can be set"):
            check_label("brand_name", "Zx" + "\u0301" * most, 80)
