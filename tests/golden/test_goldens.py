"""What is drawn looks as it did; scripts/write_goldens.py renews the pictures where it is meant to look otherwise."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from goldens import FOLDER, is_alike, list_goldens, show_difference
from PIL import Image, ImageChops, ImageDraw

GOLDENS = list_goldens()


def read_golden(name: str) -> Image.Image:
    with Image.open(FOLDER / f"{name}.png") as stored:
        return stored.convert("RGB")


@pytest.mark.parametrize("name", GOLDENS)
def test_a_picture_looks_as_it_is_stored(name: str, tmp_path: Path) -> None:
    drawn, stored = GOLDENS[name](), read_golden(name)
    if not is_alike(stored, drawn):
        path = tmp_path / f"{name}.png"
        show_difference(stored, drawn).save(path)
        pytest.fail(f"{name} looks otherwise, see {path}; if it is meant to, run scripts/write_goldens.py")


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")
def test_each_stored_picture_is_drawn_and_they_are_small() -> None:
    stored = sorted(FOLDER.glob("*.png"))
    assert [path.stem for path in stored] == sorted(GOLDENS)
    assert sum(path.stat().st_size for path in stored) < 300_000


def test_a_small_change_that_is_seen_is_found_and_what_is_not_seen_is_none() -> None:
    stored = read_golden("horizontal-colour-plain")
    grain = np.random.default_rng(1).integers(-2, 3, (*stored.size[::-1], 3))
    noisy = (np.asarray(stored, dtype=int) + grain).clip(0, 255).astype(np.uint8)
    assert is_alike(stored, Image.fromarray(noisy))
    assert not is_alike(stored, ImageChops.offset(stored, 1, 0))
    dot = stored.copy()
    ImageDraw.Draw(dot).rectangle((20, 20, 24, 24), fill="#c9822b")
    assert not is_alike(stored, dot)
    assert not is_alike(stored, stored.resize((80, 80)))


def test_the_difference_shows_where_pictures_differ() -> None:
    stored = Image.new("RGB", (40, 40), "#ffffff")
    drawn = stored.copy()
    drawn.putpixel((10, 12), (0, 0, 0))
    shown = show_difference(stored, drawn)
    assert shown.size == (120, 40)
    assert shown.crop((80, 0, 120, 40)).getbbox() == (10, 12, 11, 13)
