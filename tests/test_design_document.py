"""Designs as documents of clients: the merge patch, what is refused and where, and the schema."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, LetterformMark, Mark, RotationMark, SymbolMark, Typeface
from blazon.design_document import (
    describe_documents,
    find_unknown,
    list_changes,
    merge,
    read_document,
    read_json,
    write_schema,
)
from blazon.errors import InvalidDocument

DESIGN = Design(
    "Nord",
    LayoutKind.HORIZONTAL,
    SymbolMark("mdi:coffee"),
    ColourScheme("#123456", "#c05020", "#dde6ee", "#101820", "#404850", "#ffffff"),
    brand_name="Nord",
    name_type=Typeface("Rubik", 600),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text(max_size=4), values, max_size=4)

# RFC 7396, appendix A.
EXAMPLES = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "result"), EXAMPLES)
def test_the_examples_of_the_standard(target: Any, patch: Any, result: Any) -> None:
    assert merge(target, patch) == result


@given(objects, objects)
def test_a_patch_changes_what_it_names_and_nothing_else(target: dict[str, Any], patch: dict[str, Any]) -> None:
    before = json.dumps(target)
    merged = merge(target, patch)
    assert json.dumps(target) == before
    assert merge(merged, patch) == merged
    assert {name: merged[name] for name in target.keys() - patch.keys()} == {
        name: target[name] for name in target.keys() - patch.keys()
    }
    assert all(name not in merged for name, value in patch.items() if value is None)


def test_a_design_is_its_own_document() -> None:
    assert read_document(read_json(json.dumps(DESIGN.to_dict()))) == DESIGN


def test_what_is_left_out_has_its_usual_value() -> None:
    whole = DESIGN.to_dict()
    least = {name: whole[name] for name in ("title", "layout", "mark", "colours", "brand_name", "name_type")}
    assert read_document(least) == DESIGN


def test_colours_may_be_written_by_their_names() -> None:
    named = merge(DESIGN.to_dict(), {"colours": {"mark": "Navy", "accent": "#F80", "palette": ["teal"]}})
    colours = read_document(named).colours
    assert (colours.mark, colours.accent, colours.palette) == ("#000080", "#ff8800", ("#008080",))


def test_texts_are_on_one_line_as_those_of_a_brief() -> None:
    given = merge(DESIGN.to_dict(), {"brand_name": "  Nord\n Coffee ", "place": "Cafe\u0301"})
    design = read_document(given)
    assert (design.brand_name, design.place) == ("Nord Coffee", "Caf\u00e9")


@pytest.mark.parametrize(
    ("patch", "path", "words"),
    [
        ({"format": 2}, ("format",), "bring it up to date"),
        ({"format": None, "extra": 1}, ("extra",), "not a field"),
        ({"colours": {"ink": "#000000"}}, ("colours", "ink"), "not a field"),
        ({"colours": {"mark": "sky"}}, ("colours", "mark"), "no colour"),
        ({"colours": {"mark": 7}}, ("colours", "mark"), "string"),
        ({"colours": {"palette": ["#000000", "x"]}}, ("colours", "palette", 1), "no colour"),
        ({"colours": None}, ("colours",), "left out"),
        ({"layout": "spiral"}, ("layout",), "'horizontal'"),
        ({"mark": {"kind": "photo"}}, ("mark",), "'symbol'"),
        ({"mark": {"symbol": "a" * 81}}, ("mark", "symbol"), "80"),
        ({"mark": {"size": 3}}, ("mark", "size"), "not a field"),
        ({"mark": None, "brand_name": None}, ("mark",), "brand_name"),
        ({"name_type": {"weight": 5000}}, ("name_type", "weight"), "1000"),
        ({"name_type": {"weight": "600"}}, ("name_type", "weight"), "integer"),
        ({"name_type": {"tracking": 1e9}}, ("name_type", "tracking"), "1000"),
        ({"name_type": None}, ("name_type",), "needed to set the brand_name"),
        ({"slogan": "hello"}, ("slogan_type",), "needed to set the slogan"),
        ({"brand_name": None, "slogan": "hello"}, ("slogan",), "needs a brand_name"),
        ({"brand_name": "x" * 81}, ("brand_name",), "80"),
        ({"brand_name": "a\u0000b"}, ("brand_name",), "printed"),
        ({"brand_name": "a" + "\u0301" * 60}, ("brand_name",), "marks"),
        ({"established": "\ud800"}, (), "Unicode"),
        ({"seed": 2**80}, ("seed",), ""),
        ({"segments": 9}, ("segments",), "4"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(patch: dict[str, Any], path: tuple[Any, ...], words: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        read_document(merge(DESIGN.to_dict(), patch))
    assert path in [place for place, _ in refused.value.faults]
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "mark", [RotationMark("mdi:fish", 10**9, 300), LetterformMark("N" * 33, "circle", "Rubik", 600)]
)
def test_numbers_that_would_take_for_ever_are_refused(mark: Mark) -> None:
    with pytest.raises(InvalidDocument):
        read_document(replace(DESIGN, mark=mark).to_dict())


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "null", '"x"', "{", "[" * 100_000, '{"a":' * 50_000, '{"seed": ' + "9" * 5000 + "}", b'{"a": "\xff"}'],
)
def test_what_is_no_json_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(InvalidDocument):
        read_json(text)


def test_deep_documents_are_refused() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = {"a": deep}
    with pytest.raises(InvalidDocument):
        read_document({**DESIGN.to_dict(), "mark": deep})


@given(objects)
def test_any_document_is_read_or_refused(data: dict[str, Any]) -> None:
    for document in (data, merge(DESIGN.to_dict(), data)):
        try:
            design = read_document(document)
        except InvalidDocument:
            continue
        assert read_document(design.to_dict()) == design


def test_taking_away_what_there_is_not_is_found() -> None:
    patch = {"colurs": None, "name_type": {"famly": None, "family": None}, "mark": {"wings": None}, "slogan": None}
    assert [path for path, _ in find_unknown(patch)] == [("colurs",), ("name_type", "famly"), ("mark", "wings")]


def test_changes_are_listed_by_their_paths() -> None:
    after = merge(DESIGN.to_dict(), {"colours": {"mark": "#000000"}, "layout": "stacked", "mark": {"symbol": "a:b"}})
    assert list_changes(DESIGN.to_dict(), after) == ["colours.mark", "layout", "mark.symbol"]


def test_the_schema_in_the_reference_is_that_of_this_version() -> None:
    """`python scripts/write_design_schema.py` writes it."""
    kept = Path(__file__).parents[1] / "docs/reference/design.schema.json"
    assert kept.read_text(encoding="utf-8") == write_schema()


def test_the_reference_names_every_field() -> None:
    text = (Path(__file__).parents[1] / "docs/reference/designs.md").read_text(encoding="utf-8")
    schema = describe_documents()
    names = [*schema["properties"], *(name for one in schema["$defs"].values() for name in one.get("properties", ()))]
    values = [value for one in schema["$defs"].values() for value in one.get("enum", ())]
    assert [name for name in (*names, *values) if f"`{name}`" not in text] == []


def test_the_schema_tells_of_every_field() -> None:
    schema = describe_documents()
    assert {*schema["properties"]} == {*DESIGN.to_dict()}
    assert schema["required"] == ["title", "layout", "colours"]
    kinds = schema["properties"]["mark"]["anyOf"][0]["discriminator"]["mapping"]
    assert {*kinds} >= {"symbol", "letterform", "geometric", "composite", "rotation", "repetition"}
