"""Names of other APIs and misspelt ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.api.field_names import suggest_field
from blazon.api.openai.requests import ImageRequest
from blazon.api.requests import LogoBrief

FIELDS = {*LogoBrief.model_fields, *ImageRequest.model_fields}


@pytest.mark.parametrize(
    ("unknown", "fields", "meant"),
    [
        ("num_images", LogoBrief.model_fields, "n"),
        ("width", LogoBrief.model_fields, "size"),
        ("sizes", LogoBrief.model_fields, "size"),
        ("Steps", LogoBrief.model_fields, "steps"),
        ("negative-prompt", LogoBrief.model_fields, "negative_prompt"),
        ("sead", LogoBrief.model_fields, "seed"),
        ("without", LogoBrief.model_fields, "avoid"),
        ("monogram", LogoBrief.model_fields, "letters"),
        ("since", LogoBrief.model_fields, "established"),
        ("font", LogoBrief.model_fields, "type"),
        ("partial_images", LogoBrief.model_fields, "previews"),
        ("previews", ImageRequest.model_fields, ""),
        ("loras", ImageRequest.model_fields, ""),
        ("steps", {}, ""),
    ],
)
def test_the_name_that_is_meant(unknown, fields, meant):
    assert suggest_field(unknown, fields) == meant


@given(st.text(max_size=200))
def test_only_fields_that_there_are_get_suggested(unknown):
    assert suggest_field(unknown, FIELDS) in {"", *FIELDS}


@given(st.sampled_from(sorted(FIELDS)), st.integers(0, 30))
def test_a_letter_left_out_is_found(field, place):
    misspelt = field[: place % len(field)] + field[place % len(field) + 1 :]
    if len(field) > 5 and misspelt not in FIELDS:
        assert suggest_field(misspelt, FIELDS) == field
