import pytest

from blazon.errors import InvalidSetting
from blazon.planning.gpus import GPUS, count_work, estimate_seconds, find_gpu


def test_the_work_of_a_picture_is_that_of_the_performance_page() -> None:
    assert count_work(1024, 28) / 790e12 == pytest.approx(2.64, abs=0.01)
    assert count_work(1024, 28) == pytest.approx(7 * count_work(1024, 4))
    assert count_work(1024, 1) > 2 * count_work(512, 1)


def test_an_h200_takes_what_was_published_for_it() -> None:
    assert estimate_seconds(GPUS["h200"], 1024, 28) == pytest.approx(3.73, abs=0.01)


@pytest.mark.parametrize("name", ["h200", "H200", " RTX 4090 ", "rtx-4090"])
def test_names_are_found_as_people_write_them(name: str) -> None:
    assert find_gpu(name).name in GPUS


def test_one_that_is_not_in_the_table_says_what_to_do() -> None:
    with pytest.raises(InvalidSetting, match="--seconds and --price"):
        find_gpu("abacus")


def test_prices_are_ranges() -> None:
    assert all(low < gpu.usual_price < high for gpu in GPUS.values() for low, high in [gpu.prices])
