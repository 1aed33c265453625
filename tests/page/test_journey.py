"""A person makes a logo: from the empty page to the downloaded file."""

import re


def test_one_field_and_enter_make_logos(page):
    page.get_by_role("textbox").first.fill("a coffee roastery by the sea")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"#/logos/gen_"))
    page.locator("main img").first.wait_for()


def test_axe_finds_nothing(page, find_violations):
    assert find_violations(page) == []
