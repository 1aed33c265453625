"""A logo is seen where it is used, and by others."""

import httpx
import pytest

SCENES = ("App icon", "Business card", "Browser tab", "Shop sign", "Shirt")


def test_every_scene_shows_the_logo_in_the_colouring_that_is_chosen(visit, open_logo, server, logo, expect):
    design = httpx.patch(f"{server.url}{logo}/design", json={"colours": {"mark": "#0b6e4f"}}, timeout=60).json()[
        "design"
    ]
    page = open_logo(visit(), logo, "scenes")
    for name in SCENES:
        scene = page.get_by_role("img", name=f"{name} with the logo")
        expect(scene.locator("path[fill='#0b6e4f']").first).to_be_attached()
        expect(scene.locator(f"[fill='{design['colours']['paper']}']").first).to_be_attached()
    page.get_by_role("button", name="Black", exact=True).click()
    for name in SCENES:
        scene = page.get_by_role("img", name=f"{name} with the logo")
        expect(scene.locator("path[fill='#000000']").first).to_be_attached()
        expect(scene.locator("g > path[fill='#0b6e4f']")).to_have_count(0)


def test_the_scenes_are_seen_as_by_who_sees_no_red(visit, open_logo, logo, expect):
    page = open_logo(visit(), logo, "scenes")
    scene = page.get_by_role("img", name="Shirt with the logo").locator("> g")
    assert scene.get_attribute("filter") is None
    page.get_by_label("Seen by").select_option("protanopia")
    expect(scene).to_have_attribute("filter", "url(#sight-protanopia)")
    expect(page.locator("filter#sight-protanopia feColorMatrix")).to_be_attached()


@pytest.mark.parametrize(
    "drawing",
    [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1024 1024"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M5 5L5 5Z"/><path d="M1 3L8 3Z"/></svg>',
    ],
    ids=["no-box", "nothing", "flat"],
)
def test_a_drawing_without_a_size_does_not_break_a_scene(visit, open_logo, logo, drawing, expect):
    visitor = visit()
    visitor.context.route("**/*.svg?*", lambda route: route.fulfill(body=drawing, content_type="image/svg+xml"))
    page = open_logo(visitor, logo, "scenes")
    expect(page.locator(".scene .awaited")).to_have_count(0)
    placed = page.locator(".scene :is([transform], image)").evaluate_all(
        "all => all.flatMap(one => [...one.attributes].map(({ value }) => value))"
    )
    assert placed
    assert not [value for value in placed if "NaN" in value or "Infinity" in value]


def test_what_the_server_warns_of_is_said(visit, open_logo, server, logo, expect):
    faint = httpx.patch(f"{server.url}{logo}/design", json={"colours": {"name": "#fafafa"}}, timeout=60).json()
    page = open_logo(visit(), logo, "scenes")
    assert faint["warnings"]
    for warning in faint["warnings"]:
        expect(page.locator(".warnings")).to_contain_text(warning)


def test_axe_finds_nothing(visit, open_logo, logo, find_violations):
    assert find_violations(open_logo(visit(), logo, "scenes")) == []
