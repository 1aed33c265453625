"""What a prompt tells and no font can set."""

import pytest

from blazon.brief import Brief
from blazon.errors import TextNotCovered
from blazon.studio import Studio

STUDIO = Studio.open()
RUNES = "\U00012000\U00012001"  # cuneiform, which no font is expected to have


@pytest.mark.parametrize("prompt", [f"a bakery called '{RUNES}'", f"a bakery called Clay with the slogan '{RUNES}'"])
def test_a_text_of_the_prompt_that_no_font_covers_is_left_out_and_told(prompt: str) -> None:
    brief = Brief(prompt)
    STUDIO.check(brief)
    logos = STUDIO.generate(brief)
    assert len(logos) == 4
    assert not any(RUNES in (logo.design.brand_name + logo.design.slogan) for logo in logos)
    reading = STUDIO.read(brief)
    assert [unmet.wish for unmet in reading.unmet] == [f"set {RUNES}"]
    assert not any(RUNES in line for line in reading.understood)


@pytest.mark.parametrize("field", ["brand_name", "slogan", "established"])
def test_a_text_in_a_field_that_no_font_covers_is_refused_before_anybody_waits(field: str) -> None:
    fields = {"brand_name": "Clay", field: f"{RUNES} 1894"}
    with pytest.raises(TextNotCovered):
        STUDIO.check(Brief("a bakery", **fields))


def test_a_family_asked_for_that_cannot_set_the_name_is_told_and_another_one_sets_it() -> None:
    brief = Brief("a bakery, set in Black Ops One", brand_name="Αρτοποιείο")
    reading = STUDIO.read(brief)
    assert [unmet.wish for unmet in reading.unmet] == ["the typeface Black Ops One"]
    families = {logo.design.name_type.family for logo in STUDIO.generate(brief) if logo.design.name_type}
    assert families
    assert "Black Ops One" not in families
