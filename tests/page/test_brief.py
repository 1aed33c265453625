"""The brief: what is said in it, what was understood, and what is wrong with it."""

import io
import re

import httpx
import pytest
from PIL import Image


@pytest.fixture
def font_of_boxes():
    """Make a font of a family, with a licence flag."""
    from tests.imports.test_fonts import build, set_flag

    return lambda family, flag=0: build(set_flag(flag), {"familyName": family, "styleName": "Regular"})


def chips(page):
    return page.get_by_role("list", name="What was understood").get_by_role("listitem").all_inner_texts()


def test_a_wish_is_taken_back_and_another_corrected(page, draw, wait_for_logos, expect):
    draw(page, "a bookshop with a fox, red and navy, no owls, called Clay")
    said = " ".join(chips(page))
    assert all(word in said for word in ("fox", "owl", "red", "navy", "Clay"))

    page.get_by_role("button", name="anew: show fox").click()
    expect(page.get_by_label("What is the logo for?")).to_have_value("a bookshop, red and navy, no owls, called Clay")
    expect(page.get_by_role("button", name="anew: show fox")).to_have_count(0)
    wait_for_logos(page, 2)

    page.get_by_role("button", name="Correct: colours red, navy").click()
    page.get_by_label("colours", exact=True).fill("forest green")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Correct: colours forest green")).to_be_visible()
    wait_for_logos(page, 2)

    page.get_by_role("button", name="Correct: name: Clay").click()
    page.get_by_label("name", exact=True).fill("Loam")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Logos to choose from")).to_be_attached()
    expect(page.get_by_role("button", name="Correct: name: Loam")).to_be_visible()


# The brief of a generation without one of its wishes, as the page would send it.
WITHOUT = """async ([made, wish]) => {
    const folder = document.querySelector("script[type=module]").src.replace(/main\\.js.*/, "brief/");
    const { without } = await import(`${folder}understood.js`);
    const { fromGeneration, toBody } = await import(`${folder}wish.js`);
    const before = fromGeneration(made);
    const after = without(before, wish);
    return after === before ? null : { ...toBody(after), seed: 3 };
}"""
SAYS = (
    "a bookshop with a fox, no owls, navy and gold, no red, vintage, mascot mark, no badge, slab serif type, "
    "no script, in capitals, stacked, called Clay, since 1894, based in Lisbon, slogan 'Read on'"
)


def test_every_wish_that_was_understood_can_be_taken_back_and_corrected(page, server, expect):
    made = httpx.post(f"{server.url}/v1/logos", json={"prompt": SAYS, "n": 1, "seed": 3}, timeout=60).json()
    kinds = {wish["kind"] for wish in made["wishes"]}
    assert [wish["line"] for wish in made["wishes"]] == made["understood"]
    assert kinds >= {
        "show",
        "avoid",
        "colours",
        "no_colour",
        "mark",
        "type",
        "no_type",
        "case",
        "name",
        "date",
        "about",
    }
    page.goto(f"{server.url}/#/logos/{made['id']}")
    for line in made["understood"]:
        page.get_by_role("button", name=f"Correct: {line}", exact=True).click()
        expect(page.locator("#correction")).to_be_focused()
        expect(page.locator("#correction")).not_to_have_value("")
        page.keyboard.press("Escape")
    for wish in made["wishes"]:
        body = page.evaluate(WITHOUT, [made, wish])
        if body is None:  # nobody knows which words say it: they are shown, to be said otherwise
            assert wish["kind"] in ("about", "style"), wish
            continue
        answer = httpx.post(f"{server.url}/v1/logos", json=body, headers={"Prefer": "respond-async"}, timeout=60)
        assert wish["line"] not in answer.json()["understood"], (wish, body)
    page.get_by_role("button", name="anew: style classic").click()
    expect(page.get_by_label("Your words")).to_have_value(SAYS)
    page.get_by_label("Your words").fill("a bookshop with a narwhal")
    page.keyboard.press("Enter")
    unmet = page.get_by_role("button", name=re.compile("anew: not met"))
    expect(unmet).to_have_count(1)
    unmet.click()
    expect(unmet).to_have_count(0)


def test_everything_can_be_said_by_keyboard(page, expect):
    page.get_by_role("button", name="Style").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    while not page.get_by_role("radio", name="Any").evaluate("element => element === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Style Modern")).to_be_visible()
    page.get_by_label("What is the logo for?").focus()
    page.keyboard.type("a kayak school")
    with page.expect_request(re.compile("/v1/logos$")) as sent:
        page.keyboard.press("Enter")
    assert sent.value.post_data_json["style"] == "modern"
    assert page.locator("main img").first.wait_for() is None


def test_colours_come_from_a_picture(page, expect):
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "#c1121f").save(picture, "PNG")
    page.get_by_role("button", name="Colours").click()
    page.get_by_label("From a picture").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    expect(page.get_by_label("Colour 1", exact=True)).to_have_value("#c1121f")
    page.get_by_role("button", name="Add a colour").click()
    page.get_by_role("button", name="Remove colour 1").click()
    expect(page.get_by_label("Colour 1", exact=True)).to_have_value("#c1121f")


def test_an_own_mark_outlives_a_reload_before_and_after_it_is_drawn(page, wait_for_logos, expect):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#0a4d68" d="M0 0H9L4 9Z"/></svg>'
    page.get_by_label("What is the logo for?").fill("a bakery by the sea")
    page.get_by_role("button", name="Mark", exact=True).click()
    page.get_by_label("A mark of your own").set_input_files(
        {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": svg}
    )
    mark = page.get_by_role("button", name="Mark Your mark is used")
    expect(mark).to_be_visible()
    page.reload()
    expect(mark).to_be_visible()
    page.get_by_label("What is the logo for?").press("Enter")
    wait_for_logos(page, 6)
    page.evaluate("sessionStorage.clear()")
    page.context.new_page().goto(page.url)  # where nothing was written
    other = page.context.pages[-1]
    wait_for_logos(other, 6)
    expect(other.get_by_role("button", name="Mark Your mark is used")).to_be_visible()
    with other.expect_request(re.compile("/v1/logos$")) as sent:
        other.get_by_role("button", name="Draw others").click()
    assert sent.value.post_data_json["own_mark"]["parts"][0]["colour"] == "#0a4d68"


def test_an_own_font_is_brought_along_used_changed_and_deleted(
    visit, wait_for_logos, find_violations, expect, font_of_boxes
):
    visitor = visit()
    visitor.expect("422")
    page = visitor.open()
    font = {"name": "boxes.ttf", "mimeType": "font/ttf", "buffer": font_of_boxes("Boxes")}
    page.get_by_label("What is the logo for?").fill("a taxi office")
    page.get_by_label("Name on the logo").fill("cab")
    page.get_by_role("button", name="Lettering", exact=True).click()
    page.get_by_label("A font of your own").set_input_files(font)
    tile = page.get_by_role("radio", name="Boxes")
    expect(tile).to_be_checked()
    expect(page.locator(".tile.font .sample path")).not_to_have_count(0)
    assert find_violations(page) == []
    with page.expect_request(re.compile("/v1/logos$")) as sent:
        page.get_by_label("What is the logo for?").press("Enter")
    assert sent.value.post_data_json["own_font"].startswith("Boxes #")
    wait_for_logos(page, 6)
    assert any("Boxes" in chip for chip in chips(page))
    page.get_by_role("article").first.get_by_role("link").click()
    page.locator("#design-type, summary", has_text="Boxes").first.click()
    expect(page.get_by_text("Set in Boxes.")).to_be_visible()
    page.get_by_label("A font of your own").set_input_files(font | {"buffer": font_of_boxes("Crates")})
    expect(page.get_by_text("Set in Crates.")).to_be_visible()
    page.get_by_label("A font of your own").set_input_files(font | {"buffer": font_of_boxes("Mine", 2)})
    expect(page.get_by_role("alert")).to_contain_text("must not be embedded")


def test_what_is_refused_says_why_and_loses_nothing(visit, expect):
    visitor = visit()
    visitor.expect("422")
    page = visitor.open()
    page.get_by_label("What is the logo for?").fill("a bakery")
    page.get_by_label("Slogan").fill("fresh each day")
    page.get_by_label("What is the logo for?").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Slogan: needs")
    expect(page.get_by_label("Slogan")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("What is the logo for?")).to_have_value("a bakery")


def test_the_page_speaks_german_and_remembers_it(page, expect):
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("button", name="Logos zeichnen")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Wofür ist das Logo?")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "de"
