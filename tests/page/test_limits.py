"""A lost connection, and a long history."""

import re

import httpx

BOARD = re.compile(r"#/logos/gen_\w+$")
CARDS = ".board .card:not(.coming)"


def test_without_a_connection_it_says_so_and_the_brief_is_kept(visit, expect):
    visitor = visit()
    visitor.expect("ERR_INTERNET_DISCONNECTED")
    page = visitor.open()
    page.get_by_label("What is the logo for?").fill("a bakery")
    visitor.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    visitor.context.set_offline(False)
    page.keyboard.press("Enter")
    page.wait_for_url(BOARD)
    expect(page.locator(CARDS).first).to_be_visible()


def test_a_history_of_five_hundred_is_quick_to_search(visit, server, expect):
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for number in range(500):  # all but two come from the cache
            wish = {"prompt": "a bakery", "brand_name": "Rye" if number == 250 else "Spelt", "n": 1, "seed": 1}
            client.post("/v1/logos", json=wish).raise_for_status()
    page = visit().open("#/kept")
    expect(page.get_by_role("button", name=re.compile(r"^Show more \(4[4-9][0-9]\)"))).to_be_visible()
    page.get_by_label("Search").fill("RYE bak")
    expect(page.get_by_role("list", name="Your logos").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("link", name="Rye").first.click()
    expect(page.locator(CARDS)).to_have_count(1)
