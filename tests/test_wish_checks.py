from typing import Any

import pytest

from blazon.brief import Unmet
from blazon.wish_checks import Outcome, Wish, WishKind, list_unkept

COLOURS = {"mark": "#175e70", "accent": "#c18728", "tint": "#ffffff", "name": "#1c1d20", "paper": "#ffffff"}


def logo(*shows: str, **design: Any) -> Outcome:
    mark = {"kind": "composite" if len(shows) > 1 else "symbol"} if shows else None
    return Outcome(shows, {"layout": "stacked", "mark": mark, "colours": COLOURS, **design})


FOX, MOON, BOTH = logo("fox"), logo("moon"), logo("fox head", "moon")
MONOGRAM = logo("letters NV", mark={"kind": "letterform", "initials": "NV"})
BADGE = logo("fox", layout="emblem", established="Est. 1894")
NAME = logo()
ONE_FOX = Wish(WishKind.SHOW, "show fox", (("fox", "fox head"),))
EITHER = Wish(WishKind.SHOW, "show fox or moon", (("fox",), ("moon",)))
TOGETHER = Wish(WishKind.TOGETHER, "fox and moon together", (("fox", "fox head"), ("moon",)))
LETTERS = Wish(WishKind.LETTERS, "letters nv", (("nv",),))
DATE = Wish(WishKind.TEXT, "established 1894", (("established",),))


def colour(value: str) -> Wish:
    return Wish(WishKind.COLOUR, "ochre", ((value,),))


def mark(kind: str) -> Wish:
    return Wish(WishKind.MARK, f"mark {kind}", ((kind,),))


@pytest.mark.parametrize(
    ("wish", "keeping", "breaking"),
    [
        (ONE_FOX, BOTH, MOON),
        (EITHER, MOON, MONOGRAM),
        (TOGETHER, BOTH, FOX),
        (colour("#c48a2c"), FOX, NAME),  # a shade lighter than what is drawn; of a wordmark the accent is not drawn
        (colour("#1f5fbf"), logo("fox", colours={**COLOURS, "mark": "#1f5fbf"}), FOX),
        (LETTERS, MONOGRAM, FOX),
        (DATE, BADGE, FOX),
        (mark("badge"), BADGE, FOX),
        (mark("wordmark"), NAME, FOX),
        (mark("letters"), MONOGRAM, NAME),
        (mark("pictorial"), BOTH, MONOGRAM),
        (mark("abstract"), logo("abstract: orbit", mark={"kind": "geometric"}), FOX),
    ],
)
def test_one_logo_that_keeps_a_wish_is_enough(wish: Wish, keeping: Outcome, breaking: Outcome) -> None:
    assert list_unkept([wish], [breaking, keeping]) == ()
    (told,) = list_unkept([wish], [breaking, breaking])
    assert told.wish == wish.words
    assert told.instead


def test_what_is_there_instead_is_told_once() -> None:
    (told,) = list_unkept([ONE_FOX], [MOON, MOON, MONOGRAM, NAME])
    assert told.instead.endswith("there is moon, letters NV, the name alone")


def test_what_is_known_already_is_not_told_again() -> None:
    assert list_unkept([ONE_FOX], [MOON], [Unmet("fox", "the library has no fox")]) == ()


def test_of_no_logos_nothing_is_told() -> None:
    assert list_unkept([ONE_FOX], []) == ()
