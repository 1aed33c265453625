"""The board: logos are looked at, pinned, compared and varied."""

import re


def test_logos_are_pinned_compared_and_varied(page, find_violations, draw, expect):
    draw(page, "a coffee roastery by the sea, called Northwind", 3)
    assert find_violations(page) == []
    for size in (64, 32, 16):
        assert page.get_by_label(f"At {size} pixels").or_(page.get_by_alt_text(f"At {size} pixels")).count() == 3

    page.get_by_role("button", name="Compare logo 1").click()
    page.get_by_role("button", name="Compare logo 3").click()
    dialog = page.get_by_role("dialog", name="Two side by side")
    expect(dialog.locator(".face-of-logo img")).to_have_count(2)
    assert find_violations(page) == []
    dialog.get_by_role("heading").hover()
    page.mouse.down()
    page.mouse.move(2, 2)  # what is selected beyond the edge does not close it
    page.mouse.up()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Compare logo 3")).to_be_focused()

    first = page.url
    page.get_by_role("button", name="Pin logo 2").click()
    page.get_by_role("button", name="Keep the pinned, draw others").click()
    page.wait_for_url(lambda url: "#/logos/gen_" in url and url != first)
    expect(page.locator(".status")).to_have_text("2 logos")
    expect(page.locator(".card.pinned .face-of-logo img")).to_have_count(1)
    expect(page.locator(".card .face-of-logo img")).to_have_count(3)

    page.locator("summary").nth(1).click()
    with page.expect_request(re.compile("/variations$")) as sent:
        page.get_by_role("button", name="The same colours").nth(1).or_(
            page.locator("details[open] button").last
        ).first.click()
    assert sent.value.post_data_json["keep"] == ["colours"]


def test_all_logos_look_equally_large_on_every_ground(page, draw, expect):
    draw(page, "a travel bookshop called Fernweh", 3)
    for ground in ("Light", "Dark", "Colour", "Black", "As designed"):
        page.get_by_label(ground, exact=True).check()
        expect(page.locator(".board .face-of-logo img")).to_have_count(3)
    scales = page.locator(".board .face-of-logo img").evaluate_all(
        "all => all.map(image => Number(/scale\\(([\\d.]+)/.exec(image.style.transform)[1]))"
    )
    assert all(0.5 < scale <= 1.9 for scale in scales)


def test_a_logo_has_an_address_of_its_own(page, visit, draw, expect):
    draw(page, "a bicycle workshop called Halden")
    page.locator(".board .card a").nth(1).click()
    page.wait_for_url(re.compile(r"#/logos/gen_\w+/1"))
    expect(page.get_by_role("heading", name="Halden")).to_be_visible()
    page.get_by_role("tab", name="Change").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="See it used")).to_be_focused()
    assert "panel=scenes" in page.url
    again = visit().open(page.url.partition("/#")[2].join(("#", "")))
    expect(again.get_by_role("tab", name="See it used")).to_have_attribute("aria-selected", "true")
    expect(again.get_by_role("heading", name="Halden")).to_be_visible()
