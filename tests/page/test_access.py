"""Everybody can use it: axe and the accessibility tree of each view, narrow screens, dark mode."""

import httpx
import pytest


@pytest.fixture(scope="module")
def board(server):
    """The address of a board with finished logos."""
    wish = {"prompt": "a bookshop, an owl, deep green", "brand_name": "Athena", "n": 4, "seed": 5}
    answer = httpx.post(f"{server.url}/v1/logos", json=wish, timeout=60)
    return f"#/logos/{answer.raise_for_status().json()['id']}"


VIEWS = {
    "brief": ("#/", "main form"),
    "board": ("{board}", ".board .card img"),
    "change": ("{board}/0", "[role=tabpanel] summary"),
    "scenes": ("{board}/1?panel=scenes", "[role=tabpanel] svg g g"),
    "take": ("{board}/2?panel=take", "[role=tabpanel] button"),
    "kept": ("#/kept", ".kept li"),
    "admin": ("#/admin", ".chart"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_view(visit, board, find_violations, scheme):
    page = visit(color_scheme=scheme).open()
    found = {}
    for name, (address, ready) in VIEWS.items():
        page.goto(f"{page.url.partition('#')[0]}{address.format(board=board)}")
        page.locator(ready).first.wait_for()
        found[name] = find_violations(page)
    assert found == {name: [] for name in VIEWS}


@pytest.mark.parametrize("width", [360, 768])
def test_no_view_is_wider_than_the_screen(visit, board, width):
    page = visit(viewport={"width": width, "height": 740}).open()
    found = {}
    for name, (address, ready) in VIEWS.items():
        page.goto(f"{page.url.partition('#')[0]}{address.format(board=board)}")
        page.locator(ready).first.wait_for()
        found[name] = page.evaluate("document.documentElement.scrollWidth") - width
    assert all(over <= 0 for over in found.values()), found


def test_the_brief_is_one_named_field_and_a_button(page, expect):
    expect(page.get_by_role("banner")).to_match_aria_snapshot(
        """
        - banner:
          - link "Blazon, to the start"
          - navigation "Main":
            - link "New logo"
            - link "Your logos"
          - combobox "Language"
        """
    )
    expect(page.get_by_role("main")).to_match_aria_snapshot(
        """
        - main:
          - heading "What is the logo for?" [level=1]
          - textbox "What is the logo for?"
          - button "Draw logos"
          - textbox "Name on the logo"
        """
    )


def test_a_board_is_a_list_of_named_logos_that_says_when_it_is_complete(visit, board, expect):
    page = visit().open(board)
    expect(page.get_by_role("status")).to_have_text("4 logos")
    expect(page.get_by_role("list", name="Logos to choose from")).to_match_aria_snapshot(
        """
        - list "Logos to choose from":
          - listitem:
            - article /Logo 1/:
              - link /Logo 1/
              - button "Pin logo 1"
              - button "Compare logo 1"
        """
    )
