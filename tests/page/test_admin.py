"""The admin screen, on a server that asks for keys."""


def test_an_admin_sees_the_server_and_others_do_not(visit, serve, find_violations, expect):
    server = serve()
    shop = server.blazon("keys", "create", "shop", "--quota", "50").strip()
    admin = server.blazon("keys", "create", "boss", "--scope", "admin").strip()
    visitor = visit(server)
    visitor.expect("status of 401", "status of 403")
    page = visitor.open("#/admin")
    field = page.get_by_role("dialog").get_by_label("Key", exact=True)
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_contain_text("an API key is needed")
    page.reload()
    field.fill(shop)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("lacks the scope admin")
    page.get_by_role("button", name="Forget the key").click()
    field.fill(admin)
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="shop")).to_contain_text("of 50")
    expect(page.get_by_role("img", name="Waiting: now 0")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    assert find_violations(page) == []
