"""Drawing as it happens: in the queue, over a reload, over a restart of the server, and cancelled."""

import httpx


def fill_queue(server):
    """Give the server so much to do that whoever comes now has to wait."""
    for seed in range(6):
        wish = {"prompt": "a bakery called Crumb", "n": 24, "seed": seed}
        httpx.post(f"{server.url}/v1/logos", json=wish, headers={"Prefer": "respond-async"}, timeout=20)


def test_a_reload_goes_on_and_cancel_ends_it(serve, visit, expect):
    server = serve()
    page = visit(server).open()
    fill_queue(server)
    page.get_by_label("What is the logo for?").fill("a kayak school")
    page.keyboard.press("Enter")
    expect(page.locator(".card.coming")).not_to_have_count(0)
    page.reload()
    expect(page.locator(".status")).to_contain_text("logos before yours")
    expect(page.locator(".status")).to_contain_text("begins in about")
    expect(page.locator(".card")).to_have_count(6)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".status")).to_contain_text("Cancelled")
    expect(page.locator(".card.coming")).to_have_count(0)
    expect(page.get_by_role("button", name="Draw others")).to_be_enabled()


def test_a_server_that_restarts_loses_nothing(serve, visit, expect):
    server = serve()
    visitor = visit(server)
    visitor.expect("Failed to load resource", "ERR_")
    page = visitor.open()
    fill_queue(server)
    page.get_by_label("What is the logo for?").fill("a kayak school")
    page.keyboard.press("Enter")
    expect(page.locator(".card.coming")).not_to_have_count(0)
    server.stop()
    expect(page.get_by_text("The connection is lost").first).to_be_visible()
    server.start()
    expect(page.locator(".status")).to_have_text("6 logos", timeout=60_000)
    expect(page.locator(".board .face-of-logo img")).to_have_count(6)


def test_a_key_is_asked_for_once_and_kept_for_the_tab(serve, visit, find_violations, wait_for_logos, expect):
    server = serve()
    key = server.blazon("keys", "create", "shop").strip()
    visitor = visit(server)
    visitor.expect("401")
    page = visitor.open()
    page.get_by_label("What is the logo for?").fill("a kayak school")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="A key, please")
    assert find_violations(page) == []
    dialog.get_by_label("Key", exact=True).fill("blz_wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("refused")
    dialog.get_by_label("Key", exact=True).fill(key)
    page.keyboard.press("Enter")
    wait_for_logos(page, 6)
    page.reload()
    wait_for_logos(page, 6)
    expect(dialog).to_have_count(0)
    assert visitor.context.pages[0].evaluate("JSON.stringify(localStorage)").count(key) == 0


def test_an_address_of_nothing_says_so(visit, logo, expect):
    visitor = visit()
    visitor.expect("404", "422")
    for address in ("/logos/gen_" + 28 * "0", "/logos/gen_other", f"{logo.removeprefix('/v1')}9"):
        page = visitor.open(f"#{address}")
        expect(page.get_by_role("alert")).to_contain_text("This is not here")


def test_two_tabs_know_of_each_other(visit, draw, expect):
    visitor = visit()
    one = visitor.open()
    other = visitor.open("#/kept")
    draw(one, "a tea house called Sencha", 1)
    expect(other.get_by_role("link", name="Sencha").first).to_be_visible()
