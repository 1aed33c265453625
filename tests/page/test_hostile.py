"""The page where it hurts: a server that fails, a browser that stores nothing, texts that attack, hasty people."""

import re

import httpx
import pytest

FAILED = "Failed to load resource"
FORBIDDEN = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError") } })"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
SPOILT = """if (location.protocol !== "about:") for (const storage of [localStorage, sessionStorage])
    for (const name of ["shelf", "pins", "wish", "theme", "language"])
        storage.setItem(`blazon.${name}`, ['null', '{"a": 1}', '[null, 1, {}]', '7', '"x"', '{'][name.length % 6])"""
ANSWERS = {
    "500": {"status": 500, "body": "<html>oops", "headers": {"Content-Type": "text/html"}},
    "429": {"status": 429, "json": {"detail": "too often"}, "headers": {"Retry-After": "7"}},
    "503": {"status": 503, "json": {"detail": "all places are taken"}, "headers": {"Retry-After": "60"}},
    "no JSON": {"status": 200, "body": "<html>log in to the hotel"},
}


def make(server, **wish):
    answer = httpx.post(f"{server.url}/v1/logos", json={"prompt": "a bakery", "n": 1} | wish, timeout=60)
    return answer.raise_for_status().json()


def ask(page, prompt="a bakery by the sea"):
    page.get_by_label("What is the logo for?").fill(prompt)
    page.get_by_label("What is the logo for?").press("Enter")


@pytest.mark.parametrize("script", [FORBIDDEN, FULL, SPOILT], ids=["forbidden", "full", "spoilt"])
def test_a_browser_that_stores_nothing_costs_no_more_than_the_memory(visit, server, expect, script):
    made = make(server, brand_name="Rye", seed=3)
    visitor = visit()
    visitor.context.add_init_script(script)
    page = visitor.open("#/kept")
    page.get_by_role("button", name="Favourite: Rye").first.click()
    page.get_by_role("link", name="Rye").first.click()
    expect(page.locator(".card")).to_have_count(1)
    page.get_by_role("button", name="Pin logo 1").click()
    page.get_by_role("link", name="Your logos").click()
    expect(page.get_by_role("button", name="Favourite: Rye").first).to_have_attribute("aria-pressed", "true")
    assert made["id"] in page.get_by_role("link", name="Rye").first.get_attribute("href")


def test_a_server_that_fails_is_told_and_the_same_request_is_sent_again(visit, expect):
    visitor = visit()
    visitor.expect(FAILED)
    page, keys = visitor.open(), []

    def fail(answer):
        def handle(route):
            keys.append(route.request.headers["idempotency-key"])
            route.fulfill(**answer)

        return handle

    for answer in ANSWERS.values():
        page.route("**/v1/logos", fail(answer))
        ask(page, "a school of kayaks")
        expect(page.get_by_role("alert")).not_to_be_empty()
        expect(page.get_by_label("What is the logo for?")).to_have_value("a school of kayaks")
        page.unroute("**/v1/logos")
    assert len(keys) == len(ANSWERS)
    assert len({*keys}) == 1
    ask(page, "a school of kayaks")
    page.wait_for_url(re.compile("#/logos/gen_"))


def test_a_server_that_never_answers_is_given_up(visit, expect):
    page = visit().open()
    page.clock.install()
    page.route("**/v1/logos", lambda _: None)
    ask(page)
    expect(page.locator("button.primary")).to_have_attribute("aria-disabled", "true")
    page.clock.fast_forward(121_000)
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute("**/v1/logos")
    page.clock.resume()
    ask(page)
    page.wait_for_url(re.compile("#/logos/gen_"))


def test_a_clock_that_is_decades_wrong_changes_nothing(visit, expect):
    page = visit().open()
    page.clock.set_system_time("1999-12-31T23:59:59Z")
    ask(page, "a clockmaker")
    expect(page.locator(".board .face-of-logo img")).to_have_count(6)
    page.get_by_role("link", name="Your logos").click()
    expect(page.locator(".kept li", has_text="a clockmaker").first).to_be_visible()


def test_texts_that_attack_stay_texts_and_in_their_place(visit, server):
    for number, prompt in enumerate(
        ["a bakery \u202egnp.exe <b>x</b>", "bread" * 100, "\u200f\u2067 a bakery {{x}} ${y}"]
    ):
        make(server, prompt=prompt, seed=number)
    page = visit(viewport={"width": 360, "height": 740}).open("#/kept")
    page.locator(".kept li").nth(2).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".kept b b, .kept script").count() == 0
    words = page.locator(".kept li .words b", has_text="gnp.exe")
    assert words.first.evaluate("one => getComputedStyle(one).unicodeBidi") in ("isolate", "bidi-override")
    page.locator(".kept a", has_text="breadbread").first.click()
    page.locator(".card").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(".card > a").first.click()
    page.locator("[role=tabpanel] summary").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(re.sub(r"\?.*|$", "?panel=constructor", page.url, count=1))  # a name that every object has
    page.reload()
    page.locator("[role=tabpanel] summary").first.wait_for()
    page.get_by_role("link", name="New logo").click()
    page.evaluate("sessionStorage.setItem('blazon.wish', '{\"palette\": \"constructor\"}')")
    page.reload()
    page.get_by_role("button", name="Colours constructor").wait_for()


def test_two_tabs_may_delete_the_same_logo(visit, server, expect):
    make(server, brand_name="Twice", seed=11)
    visitor = visit()
    visitor.expect("404")
    one, other = visitor.open("#/kept"), visitor.open("#/kept")
    for page in (one, other):
        page.get_by_role("button", name="Delete: Twice").click()
    one.get_by_role("button", name="Delete", exact=True).click()
    expect(one.get_by_role("link", name="Twice")).to_have_count(0)
    last = other.get_by_role("button", name="Delete", exact=True)
    if last.count():  # the other has not heard of it yet
        last.click()
    expect(other.get_by_role("link", name="Twice")).to_have_count(0)


def test_hasty_steps_back_and_forth_end_where_the_address_says(visit, server, expect):
    names = ["Alder", "Birch", "Cedar"]
    made = {name: make(server, brand_name=name, seed=20) for name in names}
    page = visit().open()
    for name in 4 * names:  # so far back that no hasty step leaves the page
        page.goto(f"{server.url}/#/logos/{made[name]['id']}/0")
    page.evaluate("() => { for (const step of [-1, -1, 1, -1, 1, 1, -1]) setTimeout(() => history.go(step), 0) }")
    page.evaluate(f"location.hash = '#/logos/{made['Alder']['id']}/0'")
    page.wait_for_load_state("networkidle")  # the browser makes the steps in its own time
    names_by_id = {logo["id"]: name for name, logo in made.items()}
    page.wait_for_function(
        "(names) => document.querySelector('h1')?.textContent.trim() === names[location.hash.split('/')[2]]",
        arg=names_by_id,
    )
    page.go_back()
    shown = next(name for name in names if made[name]["id"] in page.url)
    expect(page.get_by_role("heading", level=1)).to_have_text(shown)
