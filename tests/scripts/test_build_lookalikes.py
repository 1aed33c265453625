"""The data file that drawings are compared with: read from packages, weighed by what is common, the same every time."""

import json
from pathlib import Path

import build_lookalikes
import pytest
from build_lookalikes import check_packages, describe_mark, find_common, measure_distinctness, pack, read_marks
from neutral_shapes import FIGURE

from blazon.draw.outline import from_svg, rotate_path
from blazon.quality.lookalikes import LookAlike, LookAlikes

FLAG = "M2 2h3v20h-3zM5 2h15v9h-12z"
ANCHOR = "M11 2h2v6h5v2h-5v10h7v-4h2v6h-20v-6h2v4h7v-10h-5v-2h5z"


def package(folder: Path, version: str, icons: dict[str, tuple[str, str]]) -> Path:
    (folder / "icons").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": version}))
    for slug, (title, path) in icons.items():
        (folder / f"icons/{slug}.svg").write_text(
            f'<svg viewBox="0 0 24 24"><title>{title}</title><path d="{path}"/></svg>'
        )
    return folder


def test_an_older_package_adds_only_what_a_later_one_dropped(tmp_path: Path) -> None:
    new = package(tmp_path / "new", "16.37.0", {"flag": ("Flag &amp; Co", FLAG)})
    old = package(tmp_path / "old", "9.0.0", {"flag": ("Flag", ANCHOR), "anchor": ("Anchor", ANCHOR)})
    assert read_marks([new, old]) == [("Anchor", ANCHOR), ("Flag & Co", FLAG)]
    check_packages([new, old])
    with pytest.raises(SystemExit, match="not simple-icons"):
        check_packages([old, new])


def test_what_two_sources_drew_alike_is_common_and_what_one_did_is_not() -> None:
    assert find_common({}) == build_lookalikes.FARTHEST
    assert find_common({"lucide": 5}) == build_lookalikes.FARTHEST
    assert find_common({"lucide": 5, "Lato": 40, "tabler": 90}) == 40
    assert find_common({"lucide": 200, FIGURE: 60}) == 60


def test_a_mark_is_less_distinct_the_nearer_what_is_common_comes() -> None:
    near = [(0, 33, FIGURE), (1, 165, "lucide"), (1, 300, "lucide"), (1, 165, "tabler")]
    assert measure_distinctness(3, near) == [33, 165, 330]


def test_lettering_has_no_descriptor() -> None:
    assert describe_mark(FLAG) is not None
    assert describe_mark("M0 0h24v4h-24z") is None


def test_the_packed_file_is_the_same_every_time_and_finds_its_marks() -> None:
    marks = [(name, one, 330) for name, path in (("Flag", FLAG), ("Anchor", ANCHOR)) if (one := describe_mark(path))]
    assert pack(marks) == pack(marks)
    known = LookAlikes(pack(marks))
    assert len(known) == 2
    assert known.find([from_svg(FLAG)]) == (LookAlike("Flag", 0),)
    assert known.find([rotate_path(from_svg(ANCHOR), 140)])[0].name == "Anchor"


def test_a_mark_that_is_hardly_distinct_must_be_met_more_exactly() -> None:
    one = describe_mark(FLAG)
    assert one is not None
    turned = rotate_path(from_svg(FLAG), 42.5)
    assert LookAlikes(pack([("Flag", one, 1000)])).find([turned])
    assert not LookAlikes(pack([("Flag", one, 100)])).find([turned])


def test_what_is_no_nearer_than_everybodys_drawings_is_not_alike() -> None:
    known = describe_mark(FLAG)
    assert known is not None
    bent = from_svg("M2 2h3v20h-3zM5 2h15v10h-12z")
    found = [LookAlikes(pack([("Flag", known, distinct)])).find([bent]) for distinct in (330, 10)]
    assert [len(one) for one in found] == [1, 0]
