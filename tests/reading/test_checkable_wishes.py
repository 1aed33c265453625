import pytest

from blazon.brief import Brief
from blazon.studio import Studio
from blazon.wish_checks import WishKind


def wishes(prompt: str, **fields: object) -> list[tuple[WishKind, str]]:
    brief = Brief(prompt, brand_name="Foo", **fields)  # type: ignore[arg-type]
    return [(wish.kind, wish.words) for wish in Studio.open().read(brief).wishes]


def test_each_thing_of_a_scene_and_both_together() -> None:
    assert wishes("a fox under a moon") == [
        (WishKind.SHOW, "show fox"),
        (WishKind.SHOW, "show moon"),
        (WishKind.TOGETHER, "fox and moon together"),
    ]


def test_of_alternatives_one_will_do() -> None:
    assert wishes("a fox or an owl") == [(WishKind.SHOW, "show fox or owl")]


def test_colours_letters_texts_and_kinds() -> None:
    found = wishes("a bank in navy and gold, since 1894", letters="NV", mark="badge")
    assert found == [
        (WishKind.COLOUR, "navy"),
        (WishKind.COLOUR, "gold"),
        (WishKind.LETTERS, "letters NV"),
        (WishKind.TEXT, "established Since 1894"),
        (WishKind.MARK, "mark badge"),
    ]


@pytest.mark.parametrize("prompt", ["a bank", "a portrait of nothing at all"])
def test_of_nothing_asked_for_nothing_is_held(prompt: str) -> None:
    assert wishes(prompt) == []


def test_what_no_logo_of_a_set_shows_is_told_by_the_studio() -> None:
    studio, brief = Studio.open(), Brief("a shop", brand_name="Foo", show=["fox", "owl", "anchor"], count=1)
    (told,) = studio.unmet(brief, studio.generate(brief))
    assert told.wish in ("show fox", "show owl", "show anchor")
    four = Brief("a shop", brand_name="Foo", show=["fox", "owl", "anchor"])
    assert studio.unmet(four, studio.generate(four)) == ()
