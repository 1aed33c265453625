"""Briefs as clients write them, and what a reader understands: each of `english_briefs.jsonl`, a line of JSON.

What a line does not name must not be read out of it; `"*"` leaves something open. `show` are single things, `together`
those of one mark; `avoid` names some of what is avoided, and where it is missing nothing is.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from blazon.brief import Brief
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.reader import BriefReader
from blazon.reading.reading import Reading, Relation

BRIEFS = [
    json.loads(line)
    for line in (Path(__file__).parent / "english_briefs.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def reader() -> BriefReader:
    return BriefReader(SymbolLibrary.open())


def tell(reading: Reading) -> dict[str, Any]:
    """Return what a reading says, as the lines have it; lists in the order of the alphabet."""
    joined = [scene for scene in reading.show if len(scene.things) > 1 and scene.relation is not Relation.ALONE]
    together = [thing.words for scene in joined[:1] for thing in scene.things]
    return {
        "show": sorted(thing.words for scene in reading.show for thing in scene.things if scene not in joined[:1]),
        "together": sorted(together),
        "colours": sorted(colour.name for colour in reading.colours),
        "no_colours": sorted(colour.name for colour in reading.colours_avoided),
        "kinds": sorted(reading.kinds),
        "letters": reading.letters,
        "type": sorted(reading.type),
        "name": reading.name,
        "slogan": reading.slogan,
        "established": reading.established,
        "place": reading.place,
    }


@pytest.mark.parametrize("line", BRIEFS, ids=[line["prompt"][:60] for line in BRIEFS])
def test_a_brief_is_read_as_it_is_meant(reader: BriefReader, line: dict[str, Any]) -> None:
    reading = reader.read(Brief(line["prompt"], brand_name=line.get("brand", "")))
    told = tell(reading)
    for wish, found in told.items():
        empty = line.get("brand", "") if wish == "name" else type(found)()
        expected = line.get(wish, empty)
        if expected != "*":
            assert found == (sorted(expected) if isinstance(expected, list) else expected), wish
    if line.get("avoid") != "*":
        assert set(line.get("avoid", ())) <= set(reading.avoid)
        assert "avoid" in line or not reading.avoid
    assert reading.only or not line.get("only")
    assert reading.unmet or not line.get("unmet")
    if wished := line.get("layout"):
        assert reading.layout == wished
    if refused := line.get("no_kinds"):
        assert sorted(reading.kinds_avoided) == refused
