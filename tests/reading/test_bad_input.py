"""Briefs that contradict themselves, refuse everything, ask for what cannot be drawn, or never end."""

import pytest

from blazon.brief import MAX_PROMPT, Brief, LayoutKind, MarkKind
from blazon.studio import Studio

STUDIO = Studio.open()
LONG = (
    "a fox and an owl under a moon, no roses, no hearts, navy and cream only, serif, est. 1894, not stacked, "
    "'Clay' in red and 'Works' in black, set in Lora, without arrows or globes, a leaf in the letter O, badge, "
    "abstract, a monogram of K and M, but not a crest, instead of a tooth a smile, please, "
) * 3


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("blue, but not blue", "blue"),
        ("an owl, no owl", "owl"),
        ("wordmark only, with a picture of a goose", "goose"),
        ("abstract only, with a fox", "fox"),
        ("a portrait of my dog Rex", "portrait"),
        ("it has to really pop", "pop"),
        ("just like the Puma logo", "Puma"),
        ("a badger wearing a scarf", "scarf"),
        ("set in Gotham Rounded", "Gotham Rounded"),
        ("a holographic 3d spinning logo", "3d"),
    ],
)
def test_what_cannot_be_met_is_told_and_a_logo_is_drawn(prompt: str, told: str) -> None:
    brief = Brief(prompt, brand_name="Holt", count=2)
    assert any(told.lower() in one.wish.lower() for one in STUDIO.read(brief).unmet)
    assert len(STUDIO.generate(brief)) == 2


@pytest.mark.parametrize(
    "prompt",
    [
        "no roses, no hearts, no globes",
        "not this, not that, nothing, never",
        "without anything at all",
        "no icon, no text, no colour",
        "no no no",
        LONG[:MAX_PROMPT],
    ],
)
def test_refusals_alone_and_wishes_without_end_still_make_a_logo(prompt: str) -> None:
    brief = Brief(prompt, brand_name="Holt", count=2)
    reading = STUDIO.read(brief)
    assert len(STUDIO.generate(brief)) == 2
    assert reading.understood


def test_neither_icon_nor_text_leaves_an_abstract_mark() -> None:
    reading = STUDIO.read(Brief("no icon, no text", brand_name="Holt"))
    assert (reading.kinds, reading.layout) == ((MarkKind.ABSTRACT,), LayoutKind.SYMBOL)


@pytest.mark.parametrize(
    "prompt",
    [
        "phone repairs, our logo should look like the Apple logo with the bite",
        "a sports shop, similar to the Nike logo with the swoosh",
        "a cafe, like the Starbucks logo with its mermaid",
    ],
)
def test_what_the_mark_of_a_brand_shows_is_not_drawn_either(prompt: str) -> None:
    brief = Brief(prompt, brand_name="Holt")
    reading = STUDIO.read(brief)
    assert not reading.show
    assert not {"bite", "swoosh", "mermaid"} & set(reading.topic.split())
    assert any("with" in one.wish for one in reading.unmet)
