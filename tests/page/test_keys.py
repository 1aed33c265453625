"""A server that asks for keys: the page asks for one only then, keeps it for the tab, and shows admins the server."""

import pytest
from playwright.sync_api import expect

BRIEF = "What is the logo for?"


@pytest.fixture(scope="module")
def closed(tmp_path_factory, serving):
    """A server that asks for keys, with two of them: whose scopes are the usual ones, and an admin's."""
    with serving(tmp_path_factory.mktemp("closed"), API_KEYS="required") as server:
        shop = server.blazon("keys", "create", "shop", "--quota", "50").strip()
        admin = server.blazon("keys", "create", "boss", "--scope", "admin").strip()
        yield server, shop, admin


def _give(page, key):
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Key", exact=True).fill(key)
    page.keyboard.press("Enter")


def test_a_key_is_asked_for_once_and_kept_for_the_tab(visit, closed, find_violations):
    server, shop, _ = closed
    visitor = visit(server)
    visitor.expect("status of 401")
    page = visitor.open()
    expect(page.get_by_role("dialog")).to_have_count(0)  # to look at the brief needs none
    page.get_by_label(BRIEF).fill("a bakery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_label("Key", exact=True)).to_be_focused()
    assert find_violations(page) == []
    _give(page, "blz_000000000000_" + "x" * 43)
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("refused")
    _give(page, shop)
    page.locator(".board .card img").first.wait_for()
    page.reload()
    page.locator(".board .card img").first.wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("JSON.stringify(localStorage)").find(shop) == -1
    other = visitor.open(page.url.partition("/")[2].partition("/")[2].partition("/")[2])
    expect(other.get_by_role("dialog")).to_be_visible()  # another tab, another key


def test_an_admin_sees_the_server_and_others_do_not(visit, closed):
    server, shop, admin = closed
    visitor = visit(server)
    visitor.expect("status of 401", "status of 403")
    page = visitor.open("#/admin")
    _give(page, shop)
    expect(page.get_by_role("alert")).to_contain_text("lacks the scope admin")
    page.get_by_role("button", name="Forget the key").click()
    _give(page, admin)
    expect(page.get_by_role("row", name="shop")).to_contain_text("of 50")
    expect(page.get_by_role("img", name="Waiting: now 0")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
