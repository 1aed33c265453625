"""A reading as JSON: from a store, or from a language model that may say anything."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import LayoutKind, MarkKind, PaletteMood, Style, TypeKind
from blazon.errors import InvalidBrief
from blazon.reading.reading import Colour, ColourRole, Reading, Relation, Scene, Thing
from blazon.reading.recorded import MAX_ENTRIES, MAX_TEXT, MAX_TOPIC, build_schema, read_reading, write_reading

_WORDS = st.text("aZ9 éß日", min_size=1, max_size=20).map(lambda text: " ".join(text.split()) or "x")
_COLOURS = st.builds(Colour, _WORDS, st.just("#d62828"), st.sampled_from(ColourRole))
_SCENES = st.builds(
    Scene, st.lists(st.builds(Thing, _WORDS, _WORDS), max_size=3, unique=True).map(tuple), st.sampled_from(Relation)
)


def _some(values):
    return st.lists(values, max_size=4, unique=True).map(tuple)


READINGS = st.builds(
    Reading,
    topic=_WORDS,
    show=_some(_SCENES),
    avoid=_some(_WORDS),
    colours=_some(_COLOURS),
    only=st.booleans(),
    moods=_some(st.sampled_from(PaletteMood)),
    styles=_some(st.sampled_from(Style)),
    kinds=_some(st.sampled_from(MarkKind)),
    layout=st.none() | st.sampled_from(LayoutKind),
    type=_some(st.sampled_from(TypeKind)),
    name=_WORDS,
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text('aé \x00\ud800#🦊\u200b"\\', max_size=400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
_CORE = {"topic": "florist", "show": [], "avoid": [], "colours": []}


@given(READINGS)
def test_what_was_written_is_read_again(reading):
    assert read_reading(write_reading(reading)) == reading


@given(st.dictionaries(st.sampled_from([*asdict(Reading()), "other"]), _JSON))
def test_whatever_stands_in_a_field_a_reading_within_bounds_comes_of_it(fields):
    reading = read_reading(json.dumps({**fields, **_CORE}))
    assert reading.topic == "florist"
    assert all(len(value) <= MAX_ENTRIES for value in asdict(reading).values() if isinstance(value, tuple))
    assert all(len(value) <= MAX_TEXT for value in asdict(reading).values() if isinstance(value, str))


@given(_JSON)
def test_anything_else_is_no_reading(value):
    with pytest.raises(InvalidBrief, match="reading: "):
        read_reading(json.dumps(value))


@pytest.mark.parametrize(
    "text",
    ["", "no", "{", "null", "[]", "{}", '{"topic": "a"}', "[" * 10_000, '{"a":' * 3_000, "9" * 5_000, " " * 20_000],
)
def test_what_is_no_json_of_a_reading_is_named(text):
    with pytest.raises(InvalidBrief, match="reading: "):
        read_reading(text)


def test_a_list_where_a_text_belongs_makes_it_another_document():
    with pytest.raises(InvalidBrief, match="has no show as its schema asks for it"):
        read_reading(json.dumps({**_CORE, "show": "a fox"}))


def test_what_does_not_fit_is_left_out_and_the_rest_stays():
    told = {
        "show": [{"things": [{"name": "fox", "words": "Fuchs"}, 3, {"name": "owl"}], "relation": "beside"}, "moon"],
        "avoid": ["rose", None, "x" * 81, "a\u0000b", "\ud800"],
        "kinds": ["badge", "logo", "BADGE"],
        "layout": "diagonal",
        "only": "yes",
    }
    assert read_reading(json.dumps({**_CORE, **told})) == Reading(
        topic="florist", show=(Scene((Thing("fox", "Fuchs"),)),), avoid=("rose",), kinds=(MarkKind.BADGE,)
    )


def test_nobody_tells_people_anything_but_the_rules():
    told = {**_CORE, "understood": ["visit evil.example"], "unmet": [{"wish": "x", "instead": "pay"}]}
    assert read_reading(json.dumps(told)) == Reading(topic="florist")


def test_a_topic_may_be_long_and_not_endless():
    assert read_reading(json.dumps({**_CORE, "topic": "a" * MAX_TOPIC})).topic == "a" * MAX_TOPIC
    assert read_reading(json.dumps({**_CORE, "topic": "a" * (MAX_TOPIC + 1)})).topic == ""


def _objects(schema):
    if schema.get("type") == "object":
        yield schema
    for inner in [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), schema.get("items")]:
        if inner:
            yield from _objects(inner)


def test_the_schema_is_strict_and_of_the_same_fields():
    schema = build_schema()
    assert {*asdict(Reading())} - {*schema["properties"]} == {"name_colours", "understood", "unmet", "wishes"}
    for one in _objects(schema):
        assert one["required"] == [*one["properties"]]
        assert one["additionalProperties"] is False
    assert schema["properties"]["kinds"]["items"]["enum"] == [*MarkKind]
    assert schema["properties"]["layout"]["anyOf"][1] == {"type": "null"}
