"""One thing of a logo is changed on the page, and the logo follows."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Route


@pytest.fixture
def changing(visit, logo, open_logo):
    """The page of a fresh logo, ready to be changed."""
    return open_logo(visit(), logo)


def read_design(server, logo):
    return httpx.get(f"{server.url}{logo}/design", timeout=60).json()


def find_part(page, role):
    return page.locator(f"#stage .part[data-role={role}]").first


def open_section(page, title):
    page.locator("summary").filter(has_text=re.compile(f"^{title}")).click()
    return page.locator("details").filter(has=page.locator("summary").filter(has_text=re.compile(f"^{title}")))


def test_a_click_on_a_part_chooses_its_colour(changing, server, logo, expect):
    paths = changing.locator("#stage .part")
    before = paths.evaluate_all("all => all.map(one => [one.dataset.role, one.getAttribute('fill')])")
    assert {role for role, _ in before} >= {"paper", "mark", "name"}
    find_part(changing, "mark").click()
    swatch = changing.get_by_label("Colour of: Mark", exact=True)
    expect(swatch).to_be_focused()
    swatch.fill("#0b6e4f")
    expect(find_part(changing, "mark")).to_have_attribute("fill", "#0b6e4f")
    changing.wait_for_url(re.compile("revision=1"))
    design = read_design(server, logo)
    assert design["colours"]["mark"] == "#0b6e4f"
    after = paths.evaluate_all("all => all.map(one => [one.dataset.role, one.getAttribute('fill')])")
    assert [one for one in after if one[0] != "mark"] == [one for one in before if one[0] != "mark"]


def test_each_thing_is_changed(changing, server, logo, expect):
    def shown():
        return changing.locator("#stage .part").evaluate_all("all => all.map(one => one.getAttribute('d')).join()")

    def change(act, number):
        before = shown()
        act()
        changing.wait_for_url(re.compile(f"revision={number}$"))
        changing.wait_for_function(
            "before => before !=="
            " [...document.querySelectorAll('#stage .part')].map(one => one.getAttribute('d')).join()",
            arg=before,
        )
        return read_design(server, logo)

    first = read_design(server, logo)
    marks = open_section(changing, "Mark")
    assert change(marks.locator(".tile").first.click, 1)["mark"] != first["mark"]
    kinds = open_section(changing, "Lettering")
    family = kinds.locator(".tile span").first.inner_text()
    assert change(kinds.locator(".tile").first.click, 2)["name_type"]["family"] == family
    capitals = kinds.get_by_role("button", name="CAPITALS")
    assert change(capitals.click, 3)["name_type"]["case"] == "upper"
    tracking = kinds.get_by_role("slider")
    assert change(lambda: tracking.fill("120"), 4)["name_type"]["tracking"] == 120
    layouts = open_section(changing, "Layout")
    assert change(layouts.get_by_role("button", name="Side by side").click, 5)["layout"] == "horizontal"
    styles = open_section(changing, "Treatment")
    assert change(styles.get_by_role("button", name="Hexagon").click, 6)["frame"] == "hexagon"
    words = open_section(changing, "Words").get_by_label("Name", exact=True)
    words.fill("<b>Süd</b>")
    assert change(lambda: words.press("Tab"), 7)["brand_name"] == "<b>Süd</b>"
    expect(changing.locator("b", has_text="Süd")).to_have_count(0)


def test_what_was_done_is_undone_redone_and_restored(changing, server, logo, expect):
    mark = find_part(changing, "mark")
    first = mark.get_attribute("fill")
    changing.get_by_role("button", name="Ocean").click()
    changing.wait_for_url(re.compile("revision=1"))
    expect(mark).not_to_have_attribute("fill", first)
    ocean = mark.get_attribute("fill")
    changing.keyboard.press("Control+z")
    expect(mark).to_have_attribute("fill", first)
    assert read_design(server, logo)["colours"]["mark"] == first
    changing.keyboard.press("Control+Shift+Z")
    expect(mark).to_have_attribute("fill", ocean)
    changing.get_by_role("button", name="Undo").click()
    expect(mark).to_have_attribute("fill", first)
    changing.get_by_role("button", name="Redo").click()
    expect(mark).to_have_attribute("fill", ocean)
    history = open_section(changing, "History")
    history.get_by_role("link", name=re.compile("As it was drawn")).click()
    expect(mark).to_have_attribute("fill", first)
    assert read_design(server, logo)["colours"]["mark"] == ocean
    changing.get_by_role("button", name="Restore", exact=True).first.click()
    changing.wait_for_url(re.compile("revision=2"))
    assert read_design(server, logo)["colours"]["mark"] == first
    changing.reload()
    expect(mark).to_have_attribute("fill", first)


def test_a_change_of_what_another_tab_changed_is_not_made_and_told(visit, open_logo, server, logo, expect):
    visitor = visit()
    visitor.expect("412")
    one, other = open_logo(visitor, logo), open_logo(visitor, logo)
    one.get_by_role("button", name="Sunset").click()
    one.wait_for_url(re.compile("revision=1"))
    sunset = read_design(server, logo)["colours"]
    other.get_by_role("button", name="Ocean").click()
    expect(other.locator(".notice.problem")).to_contain_text("Somebody else changed this logo")
    expect(other.get_by_role("status").first).to_contain_text("Somebody else changed this logo")
    assert read_design(server, logo)["colours"] == sunset
    expect(find_part(other, "mark")).to_have_attribute("fill", sunset["mark"])
    other.get_by_role("button", name="Ocean").click()
    other.wait_for_url(re.compile("revision=2"))
    assert read_design(server, logo)["colours"] != sunset


def test_a_change_goes_to_the_logo_it_was_made_of_whatever_is_opened_meanwhile(visit, open_logo, server, expect):
    wish = {"prompt": "a coffee roastery by the sea", "brand_name": "Nordwind", "seed": 7, "n": 2}
    board = f"/v1/logos/{httpx.post(f'{server.url}/v1/logos', json=wish, timeout=60).raise_for_status().json()['id']}"
    other = read_design(server, f"{board}/1")
    page = open_logo(visit(), f"{board}/0")
    held: list[Route] = []
    page.route(re.compile("/design$"), lambda route: held.append(route) if not held else route.continue_())
    page.get_by_role("button", name="Sunset").click()
    page.get_by_role("navigation", name="Logos of the same brief").get_by_role("link").nth(1).click()
    expect(page.get_by_text("Reading the design")).to_be_visible()
    held[0].continue_()
    expect(find_part(page, "mark")).to_have_attribute("fill", other["colours"]["mark"])
    assert re.search(r"/1\?(?!.*revision=1)", page.url)
    assert read_design(server, f"{board}/1") == other
    page.go_back()
    page.wait_for_url(re.compile("/0"))
    expect(find_part(page, "mark")).to_have_attribute("fill", read_design(server, f"{board}/0")["colours"]["mark"])


def test_what_cannot_be_is_said_and_changes_nothing(visit, open_logo, server, logo, expect):
    visitor = visit()
    visitor.expect("422")
    page = open_logo(visitor, logo)
    code = page.get_by_label("Code of the colour of: Mark", exact=True)
    code.fill("greenish")
    code.press("Tab")
    expect(page.locator(".notice.problem")).to_contain_text("colours.mark")
    assert read_design(server, logo)["colours"]["mark"] == find_part(page, "mark").get_attribute("fill")
    expect(code).to_have_value(find_part(page, "mark").get_attribute("fill"))


def test_axe_finds_nothing_with_all_sections_open(changing, find_violations):
    for title in ("Mark", "Lettering", "Layout", "Treatment", "Words", "History"):
        section = open_section(changing, title)
        section.locator("svg.sample, input, .revision").first.wait_for()
    assert find_violations(changing) == []
