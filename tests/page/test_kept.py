"""What was drawn stays: found, named, favoured and deleted."""

import httpx


def test_history_is_named_favoured_searched_and_deleted(serve, visit, find_violations, expect):
    server = serve()
    for name in ("Alder", "Birch", "Cedar"):
        wish = {"prompt": f"a tree nursery, {name.lower()} trees", "brand_name": name, "n": 1}
        httpx.post(f"{server.url}/v1/logos", json=wish, timeout=60).raise_for_status()
    page = visit(server).open("#/kept")
    entries = page.get_by_role("list", name="Your logos").get_by_role("listitem")
    expect(entries).to_have_count(3)
    expect(page.locator(".kept img")).to_have_count(3)
    assert find_violations(page) == []

    page.get_by_role("button", name="Favourite: Birch").click()
    page.get_by_role("button", name="Name: Alder").click()
    page.get_by_role("textbox", name="Name").fill("The first one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Name: The first one")).to_be_focused()
    page.reload()
    expect(page.get_by_role("link", name="The first one")).to_be_visible()
    page.get_by_role("button", name="Favourites", exact=True).click()
    expect(entries).to_have_count(1)
    page.get_by_role("button", name="Favourites", exact=True).click()
    page.get_by_label("Search").fill("cedar nursery")
    expect(entries).to_have_count(1)

    page.get_by_role("button", name="Delete: Cedar").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Delete: Cedar")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing fits this search.")).to_be_visible()
    kept = httpx.get(f"{server.url}/v1/logos", timeout=20).json()["data"]
    assert sorted(one["brief"]["brand_name"] for one in kept) == ["Alder", "Birch"]
