"""The vector engine of a server: it draws elsewhere what it would draw here."""

from collections.abc import Iterator

import pytest

from blazon.brief import Brief
from blazon.cancellation import Cancellation, WorkCancelled
from blazon.draw.font_files import NO_FONTS
from blazon.errors import TextNotCovered
from blazon.serve.compute.pool import ComputePool
from blazon.serve.engines.vector import ProcessStudio
from blazon.studio import Studio
from blazon.watching import Watch

BRIEF = Brief("a lighthouse keeper's bakery", brand_name="Ness & Co", count=3, seed=5)


@pytest.fixture(scope="module")
def studio() -> Iterator[ProcessStudio]:
    pool = ComputePool(2)
    yield ProcessStudio.open_with(NO_FONTS, pool)
    pool.close()


def test_a_candidate_is_the_same_as_in_one_process(studio):
    here = Studio.open()
    for number in (2, 0, 1):
        assert studio.candidate(BRIEF, number, Watch()) == here.candidate(BRIEF, number, Watch())


def test_nothing_is_drawn_for_who_has_left(studio):
    left = Cancellation()
    left.cancel()
    with pytest.raises(WorkCancelled):
        studio.candidate(BRIEF, 0, Watch(left))


def test_an_error_of_the_domain_comes_back_as_it_is(studio):
    with pytest.raises(TextNotCovered) as caught:
        studio.candidate(Brief("a shop", brand_name="\U0001f600"), 0, Watch())
    assert caught.value.field == "brand_name"
