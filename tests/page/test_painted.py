"""The page with FLUX, a tiny one: previews, cancel and reload, and what painted logos are good for."""

import re
import shutil

import httpx
import pytest
from tests.page.conftest import _serving

STEPS = 60
FLUX = {
    "ENGINE": "auto",
    "TORCH_DEVICE": "cpu",
    "OPTIMIZE": "off",
    "MIN_RENDER_SIZE": "64",
    "MAX_RENDER_SIZE": "128",
    "DEFAULT_INFERENCE_STEPS": str(STEPS),
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
}


@pytest.fixture(scope="module")
def server(tiny_flux, tmp_path_factory):
    """A server that paints with two tiny FLUX, and draws."""
    other = shutil.copytree(tiny_flux, tmp_path_factory.mktemp("models") / "other-flux")
    with _serving(tmp_path_factory.mktemp("flux"), MODELS=f"one={tiny_flux},two={other}", **FLUX) as server:
        yield server


def paint(page, prompt, count):
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_label("How many").select_option(str(count))
    page.get_by_label("What is the logo for?").fill(prompt)
    page.get_by_label("What is the logo for?").press("Enter")


def paint_one(server):
    wish = {"prompt": "a lighthouse", "n": 1, "engine": "flux"}
    answer = httpx.post(f"{server.url}/v1/logos", json=wish, timeout=120)
    assert answer.json()["status"] == "succeeded"


def read_metric(server, name):
    lines = httpx.get(f"{server.url}/metrics", timeout=60).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if re.match(rf"{name}[ {{]", line))


def test_previews_get_sharper_a_reload_goes_on_and_cancel_frees_the_engine(page, server, expect):
    paint(page, "a lighthouse", 6)
    preview = page.get_by_role("img", name="Logo 1, unfinished")
    expect(preview).to_be_visible()
    expect(page.get_by_role("article", name="Logo 1 is")).to_contain_text(f"of {STEPS}")
    first = preview.get_attribute("src")
    expect(preview).not_to_have_attribute("src", first)
    expect(page.get_by_role("article", name="Logo 1 is")).to_contain_text("s left")
    page.reload()
    expect(page.get_by_role("img", name=re.compile("unfinished")).first).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".status")).to_contain_text("Cancelled")
    expect(page.locator(".card.coming")).to_have_count(0)
    paint_one(server)  # whatever ran is over once another is painted
    before = read_metric(server, "blazon_engine_sequence_steps_total")
    assert before < 6 * STEPS
    paint_one(server)
    assert read_metric(server, "blazon_engine_sequence_steps_total") == before + STEPS
    assert read_metric(server, "blazon_running") == 0


def test_painted_logos_are_chosen_changed_seen_and_taken(visit, find_violations, wait_for_logos, expect):
    visitor = visit()
    visitor.expect("409")  # of noise no outlines can be had, and that is said
    page = visitor.open()
    paint(page, "a lighthouse, called Skagen", 2)
    wait_for_logos(page, 2)
    assert find_violations(page) == []
    page.get_by_role("link", name="Your logos").click()
    expect(page.locator(".kept img").first).to_be_visible()
    page.go_back()
    page.get_by_role("article").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Skagen")
    panel = page.get_by_role("tabpanel")
    expect(panel.locator("p, summary").first).to_be_visible()
    page.get_by_role("tab", name="See it used").click()
    expect(panel.get_by_role("img").first).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("tab", name="Take").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download PNG").click()
    assert coming.value.path().read_bytes().startswith(b"\x89PNG")
    page.locator(".kit").click()
    # What of noise can be drawn in outlines depends on the seed; either way the page says what came of it.
    said = re.compile("too many tones for outlines|no design can be made of this logo|skagen-kit.zip was downloaded")
    expect(panel.locator(".notice")).to_contain_text(said, timeout=60_000)


def test_who_draws_with_which_seed_and_how_many_is_as_it_was_chosen(page, server, wait_for_logos, expect):
    more = page.get_by_role("button", name=re.compile("^More"))
    more.click()
    drawn_by = page.get_by_label("Drawn by")
    expect(drawn_by.get_by_role("option")).to_have_text(["What is usual here", "one", "two", "blazon/vector-1"])
    page.get_by_label("Seed").fill("5")
    page.get_by_label("How many").select_option("1")
    page.get_by_label("What is the logo for?").fill("a lighthouse")
    for chosen, drawn in (("two", "other-flux"), ("blazon/vector-1", "blazon/vector-1"), ("one", "tiny-flux")):
        drawn_by.select_option(chosen)
        page.get_by_label("What is the logo for?").press("Enter")
        page.wait_for_url(lambda url: "/gen_" in url)
        identity = page.url.rpartition("/")[2]
        wait_for_logos(page, 1)
        made = httpx.get(f"{server.url}/v1/logos/{identity}", timeout=60).json()
        assert (made["seed"], made["brief"]["n"], made["candidates"][0]["model"]) == (5, 1, drawn)
        page.goto(f"{server.url}/#/")
        more.click()  # what was open is closed once it is drawn with
        expect(drawn_by).to_have_value(chosen)
