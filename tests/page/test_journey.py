"""A person makes a logo: from the empty page to the downloaded kit, with the mouse and with the keyboard alone."""

import re
import zipfile

BRIEF = "a coffee roastery by the sea"
BOARD = re.compile(r"#/logos/gen_\w+$")


def test_from_the_empty_page_to_the_kit_in_three_clicks(page, tmp_path):
    page.get_by_label("What is the logo for?").fill(BRIEF)
    page.keyboard.press("Enter")
    page.get_by_role("article").first.get_by_role("link").click()
    page.get_by_role("tab", name="Take").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the whole kit").click()
    download.value.save_as(tmp_path / "kit.zip")
    with zipfile.ZipFile(tmp_path / "kit.zip") as kit:
        assert kit.testzip() is None
        names = kit.namelist()
    assert {name.rpartition(".")[2] for name in names} >= {"svg", "png", "pdf", "ico"}


def _tab_to(page, wanted, most=80):
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate_all("all => all.includes(document.activeElement)"):
            return
    raise AssertionError("the keyboard does not reach it")


def test_the_keyboard_is_enough(page, expect):
    _tab_to(page, page.get_by_label("What is the logo for?"))
    page.keyboard.type(BRIEF)
    page.keyboard.press("Enter")
    page.wait_for_url(BOARD)
    link = page.get_by_role("article").first.get_by_role("link")
    link.wait_for()
    _tab_to(page, link)
    outline = link.evaluate("one => getComputedStyle(one).outlineStyle + getComputedStyle(one).outlineWidth")
    assert outline == "solid2px"
    page.keyboard.press("Enter")
    tabs = page.get_by_role("tab")
    tabs.first.wait_for()
    _tab_to(page, tabs)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Take")).to_be_focused()
    svg = page.get_by_role("button", name="Download SVG")
    svg.wait_for()
    _tab_to(page, svg)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".svg")


def test_text_of_users_never_becomes_markup(page, expect):
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.get_by_label("What is the logo for?").fill("a bakery <img src=x onerror=alert(1)> <svg/onload=alert(2)>")
    page.get_by_label("Name on the logo").fill("<b>Bold</b>")
    page.keyboard.press("Enter")
    page.get_by_role("article").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("<b>Bold</b>")
    for panel in ("See it used", "Take"):
        page.get_by_role("tab", name=panel).click()
        page.get_by_role("tabpanel").get_by_role("heading").first.wait_for()
        assert page.locator("main b, main img[onerror], main [onload]").count() == 0
    page.goto(f"{page.url.split('#')[0]}#/kept")
    page.get_by_role("link", name="<b>Bold</b>").first.wait_for()


def test_the_first_load_is_small_and_comes_from_here(visit):
    page = visit().open()
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".map(one => [one.name, one.transferSize])"
    )
    assert sum(size for _, size in sizes) < 150_000, sorted(sizes, key=lambda one: -one[1])[:10]
