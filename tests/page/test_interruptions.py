"""What goes wrong meanwhile: reload, lost connections, servers that end, cancelling, several tabs."""

import re
import signal

import httpx
import pytest
from playwright.sync_api import expect

BOARD = re.compile(r"#/logos/gen_\w+$")
CARDS = ".board .card:not(.coming)"
MANY = 24


@pytest.fixture
def ask(server):
    """Ask a server for logos by its API, without waiting, and return the id of the generation."""
    asked = []

    def ask(at=server, **wish):
        body = {"prompt": "a bicycle workshop", "n": MANY, **wish}
        answer = httpx.post(f"{at.url}/v1/logos", json=body, headers={"Prefer": "respond-async"}, timeout=30)
        asked.append((at, answer.raise_for_status().json()["id"]))
        return asked[-1][1]

    yield ask
    for at, identity in asked:
        if at is server:  # those of others have ended with their tests
            httpx.delete(f"{at.url}/v1/logos/{identity}", timeout=30)


def test_a_reload_in_the_middle_loses_nothing(visit, ask):
    page = visit().open(f"#/logos/{ask(seed=1)}")
    page.locator(CARDS).first.wait_for()
    page.reload()
    expect(page.locator(CARDS)).to_have_count(MANY)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


def test_a_server_that_is_killed_and_started_again_goes_on(visit, serve, ask):
    own = serve(max_concurrent_jobs="1")
    visitor = visit(own)
    visitor.expect("ERR_")  # as the browser names lost connections
    page = visitor.open(f"#/logos/{ask(own, seed=2)}")
    page.locator(CARDS).first.wait_for()
    own.stop(signal.SIGKILL)
    expect(page.get_by_text("The connection is lost; trying again …")).to_be_visible()
    own.start()
    expect(page.locator(CARDS)).to_have_count(MANY)
    expect(page.get_by_text("The connection is lost; trying again …")).to_have_count(0)
    page.get_by_role("article").first.get_by_role("link").click()
    page.get_by_role("tabpanel").wait_for()


def test_without_a_connection_it_says_so_and_the_brief_is_kept(visit):
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


def test_what_waits_can_be_cancelled(visit, ask):
    for seed in range(10, 16):  # so that it waits
        ask(seed=seed, prompt="a school of music")
    page = visit().open(f"#/logos/{ask(seed=3)}")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".status")).to_have_text(re.compile("^Cancelled; [0-9]+ of 24"))
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


def test_two_tabs_know_of_each_other(visit):
    visitor = visit()
    one, other = visitor.open(), visitor.open("#/kept")
    one.get_by_label("What is the logo for?").fill("a lighthouse museum")
    one.keyboard.press("Enter")
    one.wait_for_url(BOARD)
    other.get_by_role("link", name="a lighthouse museum").first.wait_for()
    other.get_by_role("button", name=re.compile("^Favourite: .*lighthouse")).first.click()
    third = visitor.open("#/kept")
    third.get_by_role("button", name="Favourites", exact=True).click()
    third.get_by_role("link", name="a lighthouse museum").first.wait_for()


def test_what_is_not_there_is_told(visit):
    visitor = visit()
    visitor.expect("status of 404")
    page = visitor.open("#/logos/gen_0000000000000000000000000000")
    expect(page.get_by_role("alert").first).to_contain_text("not here")


def test_a_history_of_five_hundred_is_quick_to_search(visit, server):
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
