import pytest

from blazon.kit.book.specimen import sample_for


@pytest.mark.parametrize(
    ("name", "initial"),
    [("Volta", "Aa"), ("24/7", "Aa"), ("Αλάτι", "Αα"), ("Сова", "Аа"), ("שלום", "אב"), ("قهوة", "ابج"), ("ไทย", "ไท")],
)
def test_a_specimen_shows_letters_of_the_script_of_the_name(name: str, initial: str) -> None:
    assert sample_for(name).initial == initial
