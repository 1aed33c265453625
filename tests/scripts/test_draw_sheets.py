import json
from pathlib import Path

from draw_sheets import CAPTION, GAP, LARGE, PAGE, ROWS, TILE, choose_brands, draw_pages, read_entries
from PIL import Image, ImageColor

from blazon.studio import Studio


def _same(picture: Image.Image, box: tuple[int, int, int, int]) -> bool:
    return len(picture.crop(box).getcolors(1 << 16) or "many") == 1


def test_briefs_are_taken_from_all_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "briefs.jsonl"
    path.write_text("\n".join(json.dumps({"prompt": str(number)}) for number in range(10)))
    assert [entry["prompt"] for entry in read_entries(path, 5)] == ["0", "2", "4", "6", "8"]
    assert len(read_entries(path, 40)) == 10


def test_the_brands_that_are_named_stand_in_that_order_and_others_are_left_out() -> None:
    entries = [{"brand": brand} for brand in ("One", "Two", "Three")]
    assert choose_brands(entries, ["Three", "One", "Nobody"]) == [{"brand": "Three"}, {"brand": "One"}]
    assert choose_brands(entries, []) == entries


def test_each_brief_is_a_row_of_four_tiles_and_one_that_is_refused_a_caption() -> None:
    entries = [{"brand": "Crumb", "prompt": "a bakery"}, {"brand": "Crumb", "prompt": "x" * 501}]
    (page,) = draw_pages(entries, Studio.open(), 1)
    row = CAPTION + TILE + GAP
    assert page.height == 2 * row
    for column in range(4):
        left = GAP + column * (LARGE + GAP)
        assert not _same(page, (left, CAPTION, left + LARGE, CAPTION + LARGE))
    refused = (GAP, row + CAPTION, page.width, 2 * row)
    assert _same(page, refused)
    assert page.getpixel(refused[:2]) == ImageColor.getrgb(PAGE)


def test_a_page_holds_so_many_briefs() -> None:
    entries = [{"brand": "", "prompt": "x" * 501}] * (ROWS + 1)
    assert [page.height // (CAPTION + TILE + GAP) for page in draw_pages(entries, Studio.open(), 1)] == [ROWS, 1]
