"""The shipped symbols are what the script makes: all that can be told without the packages that it reads."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from build_symbols import BLOCK, MISLEADING, TARGET, index_rows, write_attribution, write_library
from icon_filter import could_be_logo, could_be_picture
from icon_sets import FLUENT, SETS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def index() -> dict[str, Any]:
    with zipfile.ZipFile(TARGET) as archive:
        return json.loads(archive.read("index.json"))


@pytest.fixture(scope="module")
def outlines(index) -> list[str]:
    with zipfile.ZipFile(TARGET) as archive:
        blocks = range(-(-len(index["symbols"]) // BLOCK))
        return [line for block in blocks for line in archive.read(f"outlines/{block}").decode().split("\n")]


def test_what_symbols_mean_follows_from_their_rows(index):
    made = index_rows(index["symbols"], index["authors"])
    assert made == index
    assert [list(made[part]) for part in ("pictures", "tagged")] == [
        list(index[part]) for part in ("pictures", "tagged")
    ]


def test_the_file_has_the_form_that_the_script_writes(index, outlines, tmp_path):
    write_library(tmp_path / "symbols.zip", index, outlines)
    # What zlib makes of the same content depends on its version.
    with zipfile.ZipFile(tmp_path / "symbols.zip") as written, zipfile.ZipFile(TARGET) as shipped:
        for one, other in zip(written.infolist(), shipped.infolist(), strict=True):
            assert (one.filename, one.date_time, one.CRC) == (other.filename, other.date_time, other.CRC)


def test_symbols_are_in_the_order_of_their_sets_and_keys_and_each_is_there_once(index):
    keys = [tuple(row[0].split(":")) for row in index["symbols"]]
    assert keys == sorted(set(keys))


def test_every_symbol_passes_the_filters(index):
    for key, *_ in index["symbols"]:
        of, _, name = key.partition(":")
        if of == "fluent":
            assert name in FLUENT
        elif of == "game-icons":
            assert could_be_picture(name), key
        elif of == "tabler":
            assert could_be_logo(name.removesuffix("-filled")), key


def test_misleading_symbols_are_there_and_never_found(index):
    qualities = {row[0]: row[5] for row in index["symbols"]}
    assert {key: qualities[key] for key in MISLEADING} == dict.fromkeys(MISLEADING, 0)


def test_all_drawings_chosen_of_fluent_are_shipped(index):
    assert {row[0] for row in index["symbols"] if row[0].startswith("fluent:")} == {f"fluent:{key}" for key in FLUENT}


def test_attribution_is_true_of_the_shipped_file(index):
    text = (ROOT / "ATTRIBUTION.md").read_text()
    assert text.startswith(write_attribution(index))
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    # Creative Commons wants the address of its licence only.
    assert sorted(headings) == sorted(s.title for s in SETS if s.licence != "CC-BY-3.0")
