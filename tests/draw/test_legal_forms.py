import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.legal_forms import split_legal_form


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Muster GmbH", " GmbH"),
        ("Muster GmbH & Co. KG", " GmbH & Co. KG"),
        ("Jahn e.V.", " e.V."),
        ("Jahn e. V.", " e. V."),
        ("Smith, Jones and Brown Ltd.", " Ltd."),
        ("Acme, Inc.", ", Inc."),
        ("Acme (Pty) Ltd", " (Pty) Ltd"),
        ("Acme LLC", " LLC"),
        ("Bodega S.A.", " S.A."),
        ("Siemens AG", " AG"),
        ("Day Spa", ""),
        ("Visa", ""),
        ("Inc", ""),
        ("GmbH & Co. KG", " & Co. KG"),
        ("Ag Farm", ""),
        ("", ""),
    ],
)
def test_the_form_is_split_off(name: str, form: str) -> None:
    assert split_legal_form(name) == (name.removesuffix(form), form)


@given(st.text(st.sampled_from("abAGSKe.&, ()Co"), max_size=80))
def test_both_parts_are_the_name(name: str) -> None:
    assert "".join(split_legal_form(name)) == name
