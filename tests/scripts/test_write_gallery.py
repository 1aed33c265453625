from itertools import islice
from pathlib import Path

from PIL import Image
from write_gallery import LAYOUTS, TREATMENTS, Sheet, draw_logos, draw_sheets, write_page, write_small

from blazon.draw.artwork import Variant
from blazon.studio import Studio

_CELL = 24


def test_every_layout_and_colouring_is_drawn_under_every_treatment_and_the_same_again() -> None:
    studio = Studio.open()
    logos = draw_logos(studio)
    assert list(logos) == ["drawn", "painted"]
    first, second = islice(draw_sheets(logos, studio, _CELL), 2)
    (again,) = islice(draw_sheets(logos, studio, _CELL), 1)
    assert [sheet.name for sheet in (first, second)] == [f"drawn-{treatment}" for treatment in TREATMENTS[:2]]
    assert first.picture.tobytes() == again.picture.tobytes() != second.picture.tobytes()
    assert first.picture.width // _CELL >= len(Variant)
    assert first.picture.height // _CELL >= len(LAYOUTS)


def test_the_page_shows_every_sheet_and_the_docs_small_ones(tmp_path: Path) -> None:
    sheets = [Sheet(name, f"<{name}>", Image.new("RGB", (1440, 900))) for name in ("book-01", "book-02", "tracing")]
    write_page(tmp_path, sheets)
    page = (tmp_path / "index.html").read_text()
    for sheet in sheets:
        assert (tmp_path / f"{sheet.name}.png").is_file()
        assert f'src="{sheet.name}.png"' in page
        assert f"&lt;{sheet.name}&gt;" in page
    write_small(tmp_path, {}, Studio.open(), {sheet.name: sheet for sheet in sheets})
    assert sum(path.stat().st_size for path in tmp_path.glob("gallery-*.png")) < 20_000
